const opening = /[“‘（《〈【「『]/u
const closing = /[”’）》〉】」』，。、：；！？]/u
const han = /\p{Script=Han}/u
/** The dictionary of words; a browser of before 2024 may lack it. */
const words = 'Segmenter' in Intl ? new Intl.Segmenter('zh', { granularity: 'word' }) : null

/**
 * A Chinese title in the pieces between which a line may break: a browser breaks between any two characters, in the middle
 * of a word too. A single character (的, a unit, half of a word that the dictionary lacks) stays with what stands before it.
 */
export function phrases(title: string): string[] {
  if (!words) return [title]
  const pieces: string[] = []
  for (const { segment } of words.segment(title)) {
    const before = pieces.at(-1)?.at(-1)
    const first = segment.charAt(0)
    const between = before !== undefined && han.test(before) && han.test(first) && segment.length > 1
    const atMark = before !== undefined && ((opening.test(first) && !opening.test(before)) || (closing.test(before) && !closing.test(first)))
    if (before === undefined || between || atMark) pieces.push(segment)
    else pieces[pieces.length - 1] += segment
  }
  return pieces
}
