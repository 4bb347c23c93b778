/** An answer that can be picked. */
export interface Choice {
  value: string
  label: string
  hint?: string
  /** The heading under which it stands, together with those that have the same. */
  group?: string
}
