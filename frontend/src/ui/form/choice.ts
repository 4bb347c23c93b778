/** An answer that can be picked. */
export interface Choice {
  value: string
  label: string
  hint?: string
}
