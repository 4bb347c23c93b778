/** A text with the found ranges, in code points, half-open: the API's `Marked`. */
export interface MarkedText {
  text: string
  marks?: number[][]
}

/** A run of text, found or not. */
export interface Piece {
  text: string
  marked: boolean
}

/** Cuts a text at its marks. Ranges are counted in code points (𠮷 is one), may touch, and are cut to the text. */
export function splitMarks(source: MarkedText): Piece[] {
  const points = Array.from(source.text)
  const marks = (source.marks ?? [])
    .map(([from = 0, to = 0]) => [Math.max(0, from), Math.min(points.length, to)] as const)
    .filter(([from, to]) => from < to)
    .sort((a, b) => a[0] - b[0])
  const pieces: Piece[] = []
  let at = 0
  for (const [from, to] of marks) {
    if (to <= at) continue
    const start = Math.max(from, at)
    if (start > at) pieces.push({ text: points.slice(at, start).join(''), marked: false })
    pieces.push({ text: points.slice(start, to).join(''), marked: true })
    at = to
  }
  if (at < points.length) pieces.push({ text: points.slice(at).join(''), marked: false })
  return pieces
}

/** How wide a character is set, in halves of a Han character's square: near enough to tell whether a line is full. */
function widthOf(point: string): number {
  return /[\u2e80-\uffee]|[\u{20000}-\u{3ffff}]/u.test(point) ? 2 : 1
}

/**
 * The text from where its first mark comes into sight: an excerpt that is cut off after a few lines would else hide
 * what was found. What fits in `room` half squares stays whole; what does not begins with a clause, where one begins near.
 */
export function fromFirstMark(source: MarkedText, room: number): MarkedText {
  const points = Array.from(source.text)
  const first = Math.min(...(source.marks ?? []).map(([from = 0]) => from))
  if (!(first < points.length)) return source
  const lead = points.slice(0, first)
  if (lead.reduce((sum, point) => sum + widthOf(point), 0) <= room) return source
  let start = -1
  let near = first
  for (let width = 0; near > 0; near--) {
    const before = points[near - 1] ?? ''
    if (/[\p{P}\s]/u.test(before)) start = near
    width += widthOf(before)
    if (width > room / 2) break
  }
  if (start < 0) start = near // one long clause
  return {
    text: `…${points.slice(start).join('')}`,
    marks: source.marks?.map((range) => range.map((at) => at - start + 1)).filter(([, to = 0]) => to > 1),
  }
}
