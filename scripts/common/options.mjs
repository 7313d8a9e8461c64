/** Command lines: options with a line of help each, and a clear word when one is wrong. */
import process from 'node:process';
import { parseArgs } from 'node:util';

/**
 * Parses the command line; prints the usage and ends the process on `--help`
 * (code 0) and on anything that it doesn't know (code 2).
 *
 * @param {string} command how the program is called, for the usage
 * @param {Record<string, {type: 'boolean' | 'string' | 'number' | 'choice',
 *   value?: string, minimum?: number, maximum?: number, choices?: string[],
 *   help: string}>} options
 *   `number` is a whole number between `minimum` and `maximum`; `choice` is one of
 *   `choices`, or the empty text if the option is given without a value
 * @param {{name: string, help: string, choices: string[]}} [positionals]
 * @returns the values by name; the positionals as `positionals`
 */
export function parseOptions(command, options, positionals) {
  const help = { type: 'boolean', help: 'this text' };
  const known = { ...options, help };
  let parsed;
  try {
    parsed = parseArgs({
      args: process.argv.slice(2).map(withValue(known)),
      allowPositionals: Boolean(positionals),
      options: Object.fromEntries(
        Object.entries(known).map(([name, { type }]) => [
          name,
          { type: type === 'boolean' ? 'boolean' : 'string' }
        ])
      )
    });
    for (const name of parsed.positionals) {
      if (!positionals.choices.includes(name)) {
        throw new Error(`There is no ${positionals.name} "${name}".`);
      }
    }
    for (const [name, text] of Object.entries(parsed.values)) {
      if (known[name].type === 'number') {
        parsed.values[name] = wholeNumber(name, text, known[name]);
      } else if (known[name].type === 'choice') {
        checkChoice(name, text, known[name].choices);
      }
    }
  } catch (error) {
    // Node's own message goes on about how to pass the text as a positional.
    console.error(`${error.message.split('. To specify')[0]}\n`);
    console.error(usage(command, known, positionals));
    process.exit(2);
  }
  if (parsed.values.help) {
    console.log(usage(command, known, positionals));
    process.exit(0);
  }
  return { ...parsed.values, positionals: parsed.positionals };
}

/** `parseArgs` has no options with an optional value. A `choice` without one is given the empty text. */
const withValue = known => argument => {
  const isBare =
    argument.startsWith('--') && known[argument.slice(2)]?.type === 'choice';
  return isBare ? `${argument}=` : argument;
};

function checkChoice(name, text, choices) {
  if (text && !choices.includes(text)) {
    throw new Error(
      `--${name} takes one of ${choices.join(', ')}, not "${text}".`
    );
  }
}

function wholeNumber(name, text, { minimum = 0, maximum = Infinity }) {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < minimum || number > maximum) {
    const range =
      maximum === Infinity
        ? `of at least ${minimum}`
        : `from ${minimum} to ${maximum}`;
    throw new Error(`--${name} takes a whole number ${range}, not "${text}".`);
  }
  return number;
}

function usage(command, options, positionals) {
  const shown = (name, { type, value }) =>
    ({ boolean: `--${name}`, choice: `--${name}[=${value}]` })[type] ??
    `--${name} ${value}`;
  const rows = Object.entries(options).map(([name, option]) => [
    shown(name, option),
    option.help
  ]);
  if (positionals) {
    rows.unshift([`${positionals.name}…`, positionals.help]);
  }
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(
    ([left, right]) => `  ${left.padEnd(width)}  ${right}`
  );
  const what = positionals ? ` [${positionals.name}…]` : '';
  return [`Usage: ${command} [options]${what}`, ...lines].join('\n');
}
