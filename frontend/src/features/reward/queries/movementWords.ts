import { useI18n } from 'vue-i18n'
import type { Distribution } from './rewards'

/** The words about a receipt's money; about a refund's, which goes back, others where they differ. */
export function useMovementWords(type: () => Distribution['type'] | undefined) {
  const { t, te } = useI18n()
  return (key: string, named: Record<string, unknown> = {}): string => t(type() === 'REFUND' && te(`reward.refund.${key}`) ? `reward.refund.${key}` : `reward.${key}`, named)
}
