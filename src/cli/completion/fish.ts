import type { Completion, FlagCompletion, Values } from './words.ts';

export function fishScript(all: readonly Completion[]): string {
  const names = all.map(({ command }) => command);
  const main = all.find(({ isDefault }) => isDefault)?.command ?? '';
  const lines = all.flatMap(({ command, describe, flags, arguments: values }) => [
    `complete -c imgtrawl -n __imgtrawl_first -a ${command} -d ${quote(describe)}`,
    ...argumentLines(command, values),
    ...flags.map((flag) => flagLine(command, flag)),
  ]);
  return `# fish completion for imgtrawl; made by: imgtrawl completion fish
function __imgtrawl_command
    for word in (commandline -opc)[2..-1]
        if contains -- $word ${names.join(' ')}
            echo $word
            return
        end
    end
    echo ${main}
end
function __imgtrawl_is
    test (__imgtrawl_command) = $argv[1]
end
function __imgtrawl_first
    test (count (commandline -opc)) -eq 1
end
${lines.join('\n')}
`;
}

/** Files are offered unless something else is said. */
function argumentLines(command: string, values: Values): string[] {
  const start = `complete -c imgtrawl -n '__imgtrawl_is ${command}' -f`;
  if (values === 'files' || values === 'folders') return [];
  return [values === 'any' ? start : `${start} -a ${quote(values.join(' '))}`];
}

function flagLine(command: string, { name, letter, describe, value }: FlagCompletion): string {
  const flag = `-l ${name}${letter === undefined ? '' : ` -s ${letter}`}`;
  return `complete -c imgtrawl -n '__imgtrawl_is ${command}' ${flag}${valuePart(value)} -d ${quote(describe)}`;
}

function valuePart(value: Values | undefined): string {
  if (value === undefined) return '';
  if (value === 'files') return ' -r -F';
  if (value === 'folders') return " -x -a '(__fish_complete_directories)'";
  return value === 'any' ? ' -x' : ` -x -a ${quote(value.join(' '))}`;
}

const quote = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;
