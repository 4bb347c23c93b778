/**
 * The digits of a whole number as people type it: full-width, or with a word before or after it ("2024年", "约36个月").
 * Empty where it is none, or more than one.
 */
export function wholeDigits(typed: string): string {
  return /^[^\d.\-−]*(\d{1,9})[^\d.]*$/.exec(typed.normalize('NFKC'))?.[1] ?? ''
}
