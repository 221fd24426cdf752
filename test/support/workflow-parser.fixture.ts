// The parser of workflows and actions, for a bundle: it imports JSON in a way
// that Node takes no more.
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { parseAction } from '@actions/workflow-parser/actions/action-parser';

type Parser = typeof parseWorkflow;

/** What is wrong with a text, in words. */
function problemsBy(parser: Parser): (content: string) => string[] {
  return (content) => {
    const { context } = parser({ name: 'file.yml', content }, new NoOperationTraceWriter());
    return context.errors.getErrors().map(({ message }) => message);
  };
}

export const workflowProblems = problemsBy(parseWorkflow);
export const actionProblems = problemsBy(parseAction as Parser);
