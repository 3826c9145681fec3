import type { Completion, FlagCompletion, Values } from './words.ts';

export function zshScript(all: readonly Completion[]): string {
  const names = all.map(({ command }) => command);
  const main = all.find(({ isDefault }) => isDefault)?.command ?? '';
  const described = all.map(({ command, describe }) => quote(`${command}:${describe}`));
  return `#compdef imgtrawl
# zsh completion for imgtrawl; made by: imgtrawl completion zsh
_imgtrawl() {
  local cmd=${main} word
  local -a commands
  commands=(
${described.map((line) => `    ${line}`).join('\n')}
  )
  for word in \${words[2,CURRENT-1]}; do
    case $word in
      (${names.join('|')}) cmd=$word; break ;;
    esac
  done
  if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
    _describe -t commands command commands
  fi
  case $cmd in
${all.map(commandCase).join('\n')}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _imgtrawl "$@"; else compdef _imgtrawl imgtrawl; fi
`;
}

function commandCase({ command, flags, arguments: values }: Completion): string {
  const specs = [...flags.map(spec), quote(`*:argument:${action(values)}`)];
  return `    (${command})
      _arguments -s \\
${specs.map((one) => `        ${one}`).join(' \\\n')}
      ;;`;
}

function spec({ name, letter, describe, value }: FlagCompletion): string {
  const about = `[${describe.replace(/[[\]\\]/g, '\\$&')}]`;
  const after = value === undefined ? '' : `:value:${action(value)}`;
  // '*': a flag may be given more than once; those that may not keep their last value.
  const long = quote(`*--${name}${value === undefined ? '' : '='}${about}${after}`);
  return letter === undefined
    ? long
    : `${long} ${quote(`*-${letter}${value === undefined ? '' : '+'}${about}${after}`)}`;
}

function action(values: Values): string {
  if (values === 'files') return '_files';
  if (values === 'folders') return '_files -/';
  return values === 'any' ? ' ' : `(${values.join(' ')})`;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
