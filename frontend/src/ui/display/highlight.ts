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
