import { useI18n } from 'vue-i18n'
import { formatDate, formatDateTime, formatRelative } from './date'
import { formatBps, formatMoney, formatMoneyShort, type Money } from './money'

/** The formatters, bound to the language the reader has chosen. */
export function useFormat() {
  const { locale } = useI18n()
  return {
    date: (value: string) => formatDate(value, locale.value),
    dateTime: (value: string) => formatDateTime(value, locale.value),
    relative: (value: string) => formatRelative(value, locale.value),
    money: (value: Money) => formatMoney(value),
    moneyShort: (value: Money) => formatMoneyShort(value, locale.value),
    bps: formatBps,
    count: (value: number) => new Intl.NumberFormat(locale.value).format(value),
  }
}
