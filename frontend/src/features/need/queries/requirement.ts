import type { Schema } from '@/api/client'

/** Operators as people write them. */
export const signs: Record<string, string> = { '>=': '≥', '<=': '≤', '=': '=' }

/** A threshold as people write it: "≥ 95 %"; empty for a requirement in words. */
export function requirementFigure(requirement: Pick<Schema<'Requirement'>, 'operator' | 'threshold' | 'unit'>): string {
  if (!requirement.threshold) return ''
  return [signs[requirement.operator ?? '='], requirement.threshold, requirement.unit].filter(Boolean).join(' ')
}
