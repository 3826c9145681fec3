import type { Completion, FlagCompletion, Values } from './words.ts';

/** Runs on bash 3.2 as well, which macOS has: no mapfile, no associative arrays. */
export function bashScript(all: readonly Completion[]): string {
  const names = all.map(({ command }) => command);
  const main = all.find(({ isDefault }) => isDefault)?.command ?? '';
  return `# bash completion for imgtrawl; made by: imgtrawl completion bash
_imgtrawl() {
  local cur prev cmd i IFS=$'\\n'
  cur="\${COMP_WORDS[COMP_CWORD]}"
  prev="\${COMP_WORDS[COMP_CWORD-1]}"
  # --name=value comes as three words.
  if [[ $cur == = ]]; then cur=''
  elif [[ $prev == = ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  cmd=${main}
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${names.join('|')}) cmd="\${COMP_WORDS[i]}"; break ;;
    esac
  done
  case "$cmd $prev" in
${all.flatMap(({ command, flags }) => flags.flatMap((flag) => valueCase(command, flag))).join('\n')}
  esac
  local words='' files=''
  case "$cmd" in
${all.map(commandCase).join('\n')}
  esac
  if (( COMP_CWORD == 1 )) && [[ $cur != -* ]]; then words=$words$'\\n'${quoted(names)}; fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ $files && $cur != -* ]]; then COMPREPLY+=($(compgen -f -- "$cur")); fi
}
complete -o filenames -F _imgtrawl imgtrawl
`;
}

const quoted = (words: readonly string[]): string => `$'${words.join('\\n')}'`;

function valueCase(command: string, { name, letter, value }: FlagCompletion): string[] {
  if (value === undefined) return [];
  const given = [`--${name}`, ...(letter ? [`-${letter}`] : [])];
  const pattern = given.map((flag) => `"${command} ${flag}"`).join('|');
  return [`    ${pattern}) ${replyOf(value)}return ;;`];
}

function replyOf(value: Values): string {
  if (value === 'any') return '';
  if (value === 'files') return 'COMPREPLY=($(compgen -f -- "$cur")); ';
  if (value === 'folders') return 'COMPREPLY=($(compgen -d -- "$cur")); ';
  return `COMPREPLY=($(compgen -W ${quoted(value)} -- "$cur")); `;
}

function commandCase({ command, flags, arguments: values }: Completion): string {
  const words = flags.map(({ name }) => `--${name}`);
  const own = typeof values === 'string' ? [] : values;
  const files = values === 'files' ? ' files=1' : '';
  const plain = own.length > 0 ? `[[ $cur != -* ]] && words=${quoted(own)}; ` : '';
  return `    ${command}) [[ $cur == -* ]] && words=${quoted(words)}; ${plain}${files.trim()}${files ? ' ' : ''};;`.replace(
    '; ;;',
    ' ;;',
  );
}
