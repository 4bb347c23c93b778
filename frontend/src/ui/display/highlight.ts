/** A run of text, found or not. */
export interface Piece {
  text: string
  marked: boolean
}

/** Splits "a <mark>b</mark> c" at its marks. Any other markup stays text. */
export function splitHighlights(source: string): Piece[] {
  const pieces: Piece[] = []
  let marked = false
  for (const part of source.split(/(<\/?mark>)/)) {
    if (part === '<mark>') marked = true
    else if (part === '</mark>') marked = false
    else if (part) pieces.push({ text: part, marked })
  }
  return pieces
}
