/** The number, from 1, of the item that a gain's path is about; a readiness level is its own number. */
export function gainItem(path: string): number | undefined {
  const item = /\[(\d+)\]/.exec(path)
  if (item) return Number(item[1]) + 1
  const level = /^trl_evidence\.(\d)$/.exec(path)
  return level ? Number(level[1]) : undefined
}

/** The field of the content that a path is about. */
export function gainField(path: string): string {
  return path.split(/[.[]/)[0] ?? path
}
