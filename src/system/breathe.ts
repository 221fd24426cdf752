// A turn of the event loop between two slices of long work: whoever waits is answered,
// and what is due starts.

export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
