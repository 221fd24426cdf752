// The completion scripts. They know nothing of jm2 but how to ask it
// (answer-shell.ts), so they never go stale: the program that is being typed
// answers, with the words as they stand. None of them evaluates what was typed.

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/** In the first line of each script; a file without it is somebody else's. */
export const scriptMark = 'Completion of jm2 for';

// bash splits words at = and : too, and replaces what stands behind the last of
// them; those that touch in the line are put together again for the question.
const bash = `# ${scriptMark} bash; asks jm2 itself, so it need not be renewed.
_jm2() {
  local line=\${COMP_LINE:0:COMP_POINT} count=0 i lead word
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; i++)); do
    lead=\${line%%[![:space:]]*}
    line=\${line#"$lead"}
    word=\${COMP_WORDS[i]}
    ((i == COMP_CWORD)) && word=$line
    if [[ -z $lead && $count -gt 0 ]]; then
      words[count - 1]+=$word
    else
      words[count]=$word
      ((count += 1))
    fi
    line=\${line#"$word"}
  done
  local current=\${words[count - 1]} breaks='' begun='' char
  for char in = :; do
    [[ $COMP_WORDBREAKS == *"$char"* ]] && breaks+=$char
  done
  [[ -n $breaks ]] && begun=\${current%"\${current##*["$breaks"]}"}
  local kind='' value='' rest=''
  COMPREPLY=()
  {
    IFS=$'\\t' read -r kind rest
    while IFS=$'\\t' read -r value rest; do
      [[ $value == "$begun" ]] || COMPREPLY[\${#COMPREPLY[@]}]=\${value#"$begun"}
    done
  } < <("\${1/#\\~/$HOME}" __complete "\${words[@]:1}" 2>/dev/null)
  case $kind in
    files) compopt -o default -o bashdefault 2>/dev/null ;;
    directories) compopt -o dirnames -o nospace 2>/dev/null ;;
    *) compopt -o nosort 2>/dev/null ;;
  esac
  [[ \${COMPREPLY[0]:-} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}
complete -F _jm2 jm2
`;

const zsh = `#compdef jm2
# ${scriptMark} zsh; asks jm2 itself, so it need not be renewed.
_jm2() {
  local -a lines values ending
  local kind prefix line value meaning
  lines=("\${(@f)$("\${~words[1]}" __complete "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  kind=\${lines[1]%%$'\\t'*}
  prefix=\${lines[1]#*$'\\t'}
  case $kind in
    files) [[ -n $prefix ]] && compset -P "\${(b)prefix}"; _files ;;
    directories) [[ -n $prefix ]] && compset -P "\${(b)prefix}"; _files -/ ;;
    values)
      for line in "\${lines[@]:1}"; do
        value=\${line%%$'\\t'*}
        meaning=\${line#*$'\\t'}
        values+=("\${value//:/\\\\:}\${meaning:+:$meaning}")
      done
      [[ $value == *= ]] && ending=(-S '')
      (( \${#values} )) && _describe -V 'jm2' values "\${ending[@]}"
      ;;
  esac
}
if [[ \${funcstack[1]} == _jm2 ]]; then
  _jm2 "$@"
elif (( \${+functions[compdef]} )); then
  compdef _jm2 jm2
fi
`;

const fish = `# ${scriptMark} fish; asks jm2 itself, so it need not be renewed.
function __jm2_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (command $words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    set -l header (string split \\t -- $lines[1])
    switch "$header[1]"
        case files
            __jm2_paths __fish_complete_path "$header[2]" "$current"
        case directories
            __jm2_paths __fish_complete_directories "$header[2]" "$current"
        case values
            string join \\n -- $lines[2..-1]
    end
end
function __jm2_paths -a complete prefix current
    for path in ($complete (string sub -s (math (string length -- "$prefix") + 1) -- "$current"))
        echo "$prefix$path"
    end
end
complete -c jm2 -f -k -a '(__jm2_complete)'
`;

// Windows PowerShell drops an empty argument; two quotes stand for one.
const powershell = `# ${scriptMark} powershell; asks jm2 itself, so it need not be renewed.
Register-ArgumentCompleter -Native -CommandName jm2 -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text })
    $program = $words[0]
    $asked = @($words | Select-Object -Skip 1)
    if ($wordToComplete -eq '') { $asked += '""' }
    $lines = @(& $program __complete @asked 2>$null)
    # Nothing at all lets PowerShell offer files.
    if ($lines.Count -lt 2) { return }
    $lines | Select-Object -Skip 1 | ForEach-Object {
        $value, $meaning = $_ -split "\`t", 2
        if ([string]::IsNullOrEmpty($meaning)) { $meaning = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $meaning)
    }
}
`;

export const scriptOf: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell };
