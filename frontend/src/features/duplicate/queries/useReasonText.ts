import { useI18n } from 'vue-i18n'
import type { Schema } from '@/api/client'

/** Why two listings are thought to be the same, or not, in a sentence; a reason unknown here is left out. */
export function useReasonText() {
  const { t, te } = useI18n()

  function sentence(reason: Schema<'DuplicateReason'>): string {
    const key = `duplicate.reason.${reason.code}`
    return te(key) ? t(key, named(reason.params, t('duplicate.none'))) : ''
  }

  /** Those that speak for it, in a line. */
  function line(reasons: Schema<'DuplicateReason'>[]): string {
    return reasons
      .filter((each) => !each.against)
      .map(sentence)
      .filter(Boolean)
      .join(t('common.listSeparator'))
  }

  return { sentence, line }
}

/** An absent number is said, not left blank. */
function named(params: Record<string, unknown> | undefined, none: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(params ?? {}).map(([key, value]) => [key, value === '' ? none : value]))
}
