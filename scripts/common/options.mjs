/** Command lines: options with a line of help each, and a clear word when one is wrong. */
import process from 'node:process';
import { parseArgs } from 'node:util';

/**
 * Parses the command line; prints the usage and ends the process on `--help`
 * (code 0) and on anything that it doesn't know (code 2).
 *
 * @param {string} command how the program is called, for the usage
 * @param {Record<string, {type: 'boolean' | 'string' | 'number', value?: string,
 *   minimum?: number, maximum?: number, help: string}>} options
 *   `number` is a whole number between `minimum` and `maximum`
 * @param {{name: string, help: string, choices: string[]}} [positionals]
 * @returns the values by name; the positionals as `positionals`
 */
export function parseOptions(command, options, positionals) {
  const help = { type: 'boolean', help: 'this text' };
  const known = { ...options, help };
  let parsed;
  try {
    parsed = parseArgs({
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
  const rows = Object.entries(options).map(([name, { type, value, help }]) => [
    type === 'boolean' ? `--${name}` : `--${name} ${value}`,
    help
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
