/** Kinds of data that are text, or have texts in them. */
const TEXTUAL = /^text\/|[/+]json$/;

/**
 * Call `visit` with each text of a cell's output, in nbformat: what was printed, an error's words and its
 * traceback, data that are text or JSON. Pictures and other binary data aren't looked at.
 */
export function visitTexts(
  output: unknown,
  visit: (text: string) => void
): void {
  const { text, evalue, traceback, data } = output as Record<string, unknown>;
  visitValue([text, evalue, traceback], visit);
  if (typeof data === 'object' && data !== null) {
    for (const [kind, value] of Object.entries(data)) {
      if (TEXTUAL.test(kind)) {
        visitValue(value, visit);
      }
    }
  }
}

/** Visit the strings of a JSON value; a stack of our own, since JSON can be nested deeper than calls. */
function visitValue(value: unknown, visit: (text: string) => void): void {
  const rest = [value];
  while (rest.length > 0) {
    const one = rest.pop();
    if (typeof one === 'string') {
      visit(one);
    } else if (isLines(one)) {
      visit(one.join('\n'));
    } else if (Array.isArray(one)) {
      // Plots have long lists of numbers: they are passed over here, not put on the stack.
      for (const item of one as unknown[]) {
        if (isWorthwhile(item)) {
          rest.push(item);
        }
      }
    } else if (typeof one === 'object' && one !== null) {
      for (const [key, item] of Object.entries(one)) {
        visit(key);
        if (isWorthwhile(item)) {
          rest.push(item);
        }
      }
    }
  }
}

/** A text as nbformat may write it, a traceback, or just a list of texts. */
function isLines(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(line => typeof line === 'string');
}

function isWorthwhile(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'object';
}
