/** What breaks a line, and what turns round the direction of the words after it. */
const NOT_OF_A_NAME = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]+/gu;

/**
 * Somebody's name as Microsoft gives it, on one line. It stands within sentences, in emails too: it must not add lines of
 * its own, and not change how the rest of the sentence is read.
 */
export function plainName(name: string): string {
  return name.replace(NOT_OF_A_NAME, ' ').replace(/ {2,}/g, ' ').trim();
}
