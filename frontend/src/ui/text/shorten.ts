/** A text cut to so many characters, with … where something is left out. */
export function shorten(text: string, longest: number): string {
  const characters = [...text]
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('').trimEnd()}…`
}
