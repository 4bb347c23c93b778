/**
 * The language that a text is written in, by its letters: the server gives cards in the reader's language where there is
 * one, else in the other, and does not say which. Undefined where there are too few letters to tell.
 */
export function writtenIn(text: string): 'zh-CN' | 'en' | undefined {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0
  // A word of Latin letters weighs as a character: Chinese quotes names of things, English quotes few characters.
  const words = text.match(/\p{Script=Latin}{3,}/gu)?.length ?? 0
  if (han === 0 && words === 0) return undefined
  return han >= words ? 'zh-CN' : 'en'
}
