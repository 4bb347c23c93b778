/** A value of a facet, as it is shown. */
export interface FacetValue {
  code: string
  label: string
  count: number
  /** The value that this is a part of. */
  parent?: string
}

/** Values in the order of the server; a part whose whole is not among them stands for itself. */
export function facetTree(values: readonly FacetValue[]): FacetValue[] {
  const known = new Set(values.map((value) => value.code))
  return values.map((value) => (value.parent !== undefined && !known.has(value.parent) ? { ...value, parent: undefined } : value))
}

/** The given values and those chosen ones that no listing has any more: a choice that finds nothing must be seen to be undone. */
export function withChosen(values: readonly FacetValue[], chosen: readonly string[], named: (code: string) => Pick<FacetValue, 'label' | 'parent'>): FacetValue[] {
  const missing = chosen.filter((code) => !values.some((value) => value.code === code))
  return facetTree([...values, ...missing.map((code) => ({ code, count: 0, ...named(code) }))])
}
