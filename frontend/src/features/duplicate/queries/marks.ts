/** A stretch of a text, marked or not. */
export interface TextPiece {
  text: string
  marked: boolean
}

/** Words, single Han characters and what stands between them. */
const unit = /[\p{Script=Han}]|[\p{L}\p{N}]+|[^\p{L}\p{N}]/gu
/** More cells than this would be felt while scrolling: longer texts are compared sentence by sentence. */
const mostCells = 4_000_000
const sentence = /[^。；;.!?！？]+[。；;.!?！？]*\s*/gu

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, '')
}

/** A text in pieces, those marked that the other text does not have in this order. */
export function differing(text: string, other: string): TextPiece[] {
  const own = text.match(unit) ?? []
  const theirs = other.match(unit) ?? []
  if (own.length * theirs.length > mostCells) return bySentence(text, other)
  return joined(own, inBoth(own.map(plain), theirs.map(plain)))
}

/** Which units belong to the longest common subsequence. */
function inBoth(a: string[], b: string[]): boolean[] {
  const width = b.length + 1
  const length = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      length[i * width + j] =
        a[i] === b[j] ? length[(i + 1) * width + j + 1]! + 1 : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!)
    }
  }
  const common = new Array<boolean>(a.length).fill(false)
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      common[i] = true
      i++
      j++
    } else if (length[(i + 1) * width + j]! >= length[i * width + j + 1]!) i++
    else j++
  }
  return common
}

function bySentence(text: string, other: string): TextPiece[] {
  const theirs = new Set((other.match(sentence) ?? []).map(plain))
  const own = text.match(sentence) ?? []
  return joined(own, own.map((each) => theirs.has(plain(each))))
}

/** Neighbours of one sort become one piece. */
function joined(units: string[], common: boolean[]): TextPiece[] {
  const pieces: TextPiece[] = []
  units.forEach((text, index) => {
    const marked = !common[index]
    const last = pieces.at(-1)
    if (last && last.marked === marked) last.text += text
    else pieces.push({ text, marked })
  })
  return pieces
}
