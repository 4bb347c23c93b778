/** A stretch of text that stayed, was taken out, or was added. */
export interface Stretch {
  kind: 'same' | 'removed' | 'added'
  text: string
}

/** A Han character by itself, a word with its digits, or what stands between. */
const token = /\p{Script=Han}|[\p{L}\p{N}_]+(?:[.,]\p{N}+)*|\s+|[^\p{L}\p{N}_\s]/gu
const sentence = /[^。！？；\n.!?;]*[。！？；\n.!?;]+\s*|[^。！？；\n.!?;]+/gu

/** More cells than this are not compared token by token: a page must not freeze over two long texts that share nothing. */
const mostCells = 4_000_000

/**
 * What became of a text: word by word, Chinese character by character. The
 * stretches but for the added ones make the text before, but for the removed
 * ones the text after.
 */
export function difference(before: string, after: string): Stretch[] {
  const words = aligned(before.match(token) ?? [], after.match(token) ?? [])
  return joined(words ?? bySentences(before, after))
}

/** Long texts: whole sentences first, then word by word what lies between those that stayed. */
function bySentences(before: string, after: string): Stretch[] {
  const stretches = aligned(before.match(sentence) ?? [], after.match(sentence) ?? []) ?? replaced(before, after)
  const out: Stretch[] = []
  let removed = ''
  let added = ''
  const settle = (): void => {
    if (removed && added) out.push(...(aligned(removed.match(token) ?? [], added.match(token) ?? []) ?? replaced(removed, added)))
    else out.push(...replaced(removed, added))
    removed = added = ''
  }
  for (const each of stretches) {
    if (each.kind === 'removed') removed += each.text
    else if (each.kind === 'added') added += each.text
    else {
      settle()
      out.push(each)
    }
  }
  settle()
  return out
}

function replaced(before: string, after: string): Stretch[] {
  return [
    { kind: 'removed', text: before },
    { kind: 'added', text: after },
  ]
}

/** The longest common subsequence as stretches of one token each; null where it would take too long. */
function aligned(before: string[], after: string[]): Stretch[] | null {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head++
  let tail = 0
  while (tail < before.length - head && tail < after.length - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++
  const old = before.slice(head, before.length - tail)
  const fresh = after.slice(head, after.length - tail)
  if (old.length * fresh.length > mostCells) return null

  // length[i][j]: how long the common rest of old from i and fresh from j is.
  const width = fresh.length + 1
  const length = new Uint32Array((old.length + 1) * width)
  const at = (i: number, j: number): number => length[i * width + j] ?? 0
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      length[i * width + j] = old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const out: Stretch[] = before.slice(0, head).map((text) => ({ kind: 'same', text }))
  let i = 0
  let j = 0
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      out.push({ kind: 'same', text: old[i] ?? '' })
      i++
      j++
    } else if (i < old.length && (j === fresh.length || at(i + 1, j) >= at(i, j + 1))) out.push({ kind: 'removed', text: old[i++] ?? '' })
    else out.push({ kind: 'added', text: fresh[j++] ?? '' })
  }
  return [...out, ...before.slice(before.length - tail).map((text): Stretch => ({ kind: 'same', text }))]
}

/** Neighbours of one kind as one stretch; of a change what was taken out comes first. */
function joined(stretches: Stretch[]): Stretch[] {
  const out: Stretch[] = []
  let removed = ''
  let added = ''
  const settle = (): void => {
    if (removed) out.push({ kind: 'removed', text: removed })
    if (added) out.push({ kind: 'added', text: added })
    removed = added = ''
  }
  for (const each of stretches) {
    if (each.kind === 'removed') removed += each.text
    else if (each.kind === 'added') added += each.text
    else {
      settle()
      const last = out.at(-1)
      if (last?.kind === 'same') last.text += each.text
      else out.push({ ...each })
    }
  }
  settle()
  return out
}
