import { useI18n } from 'vue-i18n'
import type { Schema } from '@/api/client'
import { useTaxonomies } from '@/features/taxonomy/useTaxonomies'
import { useFormat } from '@/ui/format/useFormat'
import { bothTexts } from '@/ui/text/localText'
import { useRights } from './rights'
import type { VersionContent } from './versions'

/** One answer of a version as text: of a bilingual one each language by itself. */
export interface Answer {
  field: keyof VersionContent
  language?: 'zh' | 'en'
  text: string
}

/** The answers by what they are made of; what is in none of these lists nor read by itself is shown as it stands. */
const bilingual = ['title', 'value_line', 'abstract', 'details', 'description'] as const
/** Coded answers with the list that names them. */
const coded = {
  form: 'form',
  technical_field: 'technical_field',
  industry: 'industry',
  region: 'region',
  price_mode: 'price_mode',
  contact_rule: 'contact_rule',
  audience: 'tier',
} as const
const plain = ['theme', 'keywords_zh', 'keywords_en', 'funding_project', 'registration_number', 'source', 'year', 'trl'] as const

/** Versions as a reader reads them: codes by their names, money and shares as figures, a list's entries line by line. */
export function useVersionText() {
  const { t, te } = useI18n()
  const { name } = useTaxonomies()
  const { money, bps, date } = useFormat()
  const { rights } = useRights()
  const comma = (parts: (string | undefined)[]): string => parts.filter(Boolean).join(t('common.listSeparator'))

  function component(each: Schema<'Component'>): string {
    return comma([each.title || name('component_kind', each.kind), ...rights(each.rights), bps(each.weight_bps)])
  }
  function claim(each: Schema<'Claim'>): string {
    return comma([`${bothTexts(each.metric)}${t('common.colon')}${each.value}${each.unit ? ` ${each.unit}` : ''}`, bothTexts(each.baseline), bothTexts(each.conditions), name('proof_kind', each.proof_kind)])
  }
  function ip(each: Schema<'IPItem'>): string {
    return comma([name('ip_kind', each.kind), bothTexts(each.title), each.number, name('ip_state', each.legal_state), each.filed_on && date(each.filed_on), each.granted_on && date(each.granted_on)])
  }
  function contributor(each: Schema<'Contributor'>): string {
    return comma([each.name, name('contributor_role', each.role), each.weight ? String(each.weight) : undefined])
  }
  function fieldName(field: string): string {
    return te(`listing.field.${field}`) ? t(`listing.field.${field}`) : field
  }

  /** An answer that this page has no words for. */
  function asItStands(value: unknown): string {
    if (Array.isArray(value)) return value.map(asItStands).join('\n')
    if (typeof value === 'object' && value !== null) return comma(Object.values(value).map(asItStands))
    return typeof value === 'boolean' ? t(value ? 'common.yes' : 'common.no') : String(value ?? '')
  }

  /** Every answer that the version has, in the order of its page. */
  function answers(content: VersionContent): Answer[] {
    const out: Answer[] = []
    const put = (field: keyof VersionContent, text: string | undefined, language?: 'zh' | 'en'): void => {
      if (text) out.push({ field, text, ...(language ? { language } : {}) })
    }
    for (const field of bilingual) {
      put(field, content[field]?.zh, 'zh')
      put(field, content[field]?.en, 'en')
    }
    put('claims', content.claims?.map(claim).join('\n'))
    for (const field of plain) put(field, [content[field] ?? []].flat().join(t('common.listSeparator')))
    put('trl_evidence', content.trl_evidence?.map((each) => `${each.level}${t('common.colon')}${bothTexts(each.text)}`).join('\n'))
    put('ip_items', content.ip_items?.map(ip).join('\n'))
    put('contributors', content.contributors?.map(contributor).join('\n'))
    put('components', content.components?.map(component).join('\n'))
    for (const [field, list] of Object.entries(coded) as [keyof typeof coded, string][]) put(field, name(list, content[field]))
    put('cooperation', comma(content.cooperation?.map((each) => name('cooperation', each)) ?? []))
    put('price', content.price && money(content.price))
    put('public_benefit', content.public_benefit ? t('common.yes') : undefined)
    put('tiers', Object.entries(content.tiers ?? {}).map(([field, tier]) => `${fieldName(field)}${t('common.colon')}${name('tier', tier)}`).join('\n'))
    const read = new Set<string>(out.map((each) => each.field))
    for (const [field, value] of Object.entries(content)) {
      if (!read.has(field) && value !== false) put(field as keyof VersionContent, asItStands(value))
    }
    return out
  }

  return { answers, fieldName }
}

/** An answer before and after. */
export interface Change {
  field: string
  language?: 'zh' | 'en'
  before: string
  after: string
}

/** Both versions' answers beside each other, in the order of the newer one; what only the older has comes where it stood. */
export function changes(before: Answer[], after: Answer[]): Change[] {
  const key = (each: Answer): string => `${each.field} ${each.language ?? ''}`
  const old = new Map(before.map((each) => [key(each), each.text]))
  const order = [...after.map(key)]
  before.forEach((each, index) => {
    if (order.includes(key(each))) return
    const neighbour = before.slice(0, index).reverse().find((other) => order.includes(key(other)))
    order.splice(neighbour ? order.indexOf(key(neighbour)) + 1 : 0, 0, key(each))
  })
  const all = new Map([...before, ...after].map((each) => [key(each), each]))
  const fresh = new Map(after.map((each) => [key(each), each.text]))
  return order.map((each) => {
    const answer = all.get(each)
    return { field: answer?.field ?? '', language: answer?.language, before: old.get(each) ?? '', after: fresh.get(each) ?? '' }
  })
}
