/** `gmap completion`: scripts that let a shell complete commands, options and files. Made from the commands themselves. */
import type { Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

interface CommandInfo {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly Option[];
  /** Words that its argument can be; undefined: files. */
  readonly words: readonly string[] | undefined;
}

function commandsOf(program: Command): CommandInfo[] {
  return program.createHelp().visibleCommands(program).map((command) => ({
    name: command.name(),
    summary: command.summary() || command.description(),
    options: command.createHelp().visibleOptions(command),
    words:
      command.name() === 'help'
        ? program.commands.map((c) => c.name())
        : command.registeredArguments[0]?.argChoices ?? (command.registeredArguments.length ? undefined : []),
  })); // prettier-ignore
}

const flagsOf = (option: Option): string[] => [option.short, option.long].filter((flag) => flag !== undefined);
const takesValue = (option: Option): boolean => option.required || option.optional;

function bash(program: Command): string {
  const commands = commandsOf(program);
  const globals = program.createHelp().visibleOptions(program).flatMap(flagsOf);
  const cases = commands.map(({ name, options, words }) => {
    const flags = options.flatMap(flagsOf).join(' ');
    return `    ${name}) flags='${flags}'; words='${words?.join(' ') ?? ''}'; files=${words ? '' : '1'} ;;`;
  });
  const values = commands
    .flatMap(({ options }) => options)
    .filter((o, i, all) => o.argChoices && all.findIndex(({ long }) => long === o.long) === i)
    .map(
      (o) =>
        `    ${flagsOf(o).join('|')}) COMPREPLY=($(compgen -W '${o.argChoices!.join(' ')}' -- "$word")); return ;;`,
    );
  return `# gmap completion for bash. Try it:  source <(gmap completion bash)
_gmap() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} flags words files
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${[...commands.map(({ name }) => name), ...globals].join(' ')}' -- "$word"))
    return
  fi
  case $before in
${values.join('\n')}
  esac
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
    *) return ;;
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$word"))
  else
    [[ -n $words ]] && COMPREPLY=($(compgen -W "$words" -- "$word"))
    if [[ -n $files ]]; then
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
  fi
}
complete -F _gmap gmap
`;
}

const single = (text: string): string => text.replaceAll("'", "'\\''");

function zsh(program: Command): string {
  const commands = commandsOf(program);
  const names = commands.map(({ name, summary }) => `    '${name}:${single(summary)}'`);
  const spec = (option: Option): string => {
    const text = single(option.description.replace(/[[\]\\:]/g, '\\$&'));
    const value = takesValue(option)
      ? `:${option.name()}:${option.argChoices ? `(${option.argChoices.join(' ')})` : '_files'}`
      : '';
    const flags = flagsOf(option);
    const repeat = Array.isArray(option.defaultValue) ? '*' : '';
    return flags.length > 1
      ? `        '(${flags.join(' ')})'{${flags.join(',')}}'[${text}]${value}'`
      : `        '${repeat}${flags[0]!}[${text}]${value}'`;
  };
  const cases = commands.map(({ name, options, words }) => {
    const rest = words ? (words.length ? `'1:what:(${words.join(' ')})'` : '') : "'*:file:_files'";
    const all = [...options.map(spec), ...(rest ? [`        ${rest}`] : [])];
    return `      ${name}) _arguments \\\n${all.join(' \\\n')} ;;`;
  });
  return `#compdef gmap
# gmap completion for zsh. Put this into a file _gmap of a folder in $fpath, or:  source <(gmap completion zsh)
_gmap() {
  local -a commands
  commands=(
${names.join('\n')}
  )
  if ((CURRENT == 2)); then
    _describe command commands
  else
    local name=$words[2]
    shift words
    ((CURRENT--))
    case $name in
${cases.join('\n')}
    esac
  fi
}
if [[ $funcstack[1] == _gmap ]]; then _gmap "$@"; else compdef _gmap gmap; fi
`;
}

function fish(program: Command): string {
  const commands = commandsOf(program);
  const names = commands.map(({ name }) => name).join(' ');
  const lines = commands.flatMap(({ name, summary, options, words }) => {
    const inside = `complete -c gmap -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c gmap -f -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d '${fishText(summary)}'`,
      ...(words ? [`${inside} -f${words.length ? ` -a '${words.join(' ')}'` : ''}`] : [`${inside} -F`]),
      ...options.map((option) => {
        const short = option.short ? ` -s ${option.short.slice(1)}` : '';
        const long = option.long ? ` -l ${option.long.slice(2)}` : '';
        const value = !takesValue(option) ? '' : option.argChoices ? ` -x -a '${option.argChoices.join(' ')}'` : ' -r';
        return `${inside}${short}${long}${value} -d '${fishText(option.description)}'`;
      }),
    ];
  });
  return `# gmap completion for fish. Put this into ~/.config/fish/completions/gmap.fish
${lines.join('\n')}
`;
}

const fishText = (text: string): string => text.replace(/['\\]/g, '\\$&');

export function completion(shell: Shell, program: Command): string {
  return { bash, zsh, fish }[shell](program);
}
