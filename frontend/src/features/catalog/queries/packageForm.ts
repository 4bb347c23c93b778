import type { Schema } from '@/api/client'
import {
  answered,
  bothLanguages,
  wholeNumber,
  written,
  writtenList,
  writtenText,
  yuan,
  type BothLanguages,
} from '@/features/listing/queries/content'

type Content = Schema<'PackageContent'>
type Tier = Schema<'Tier'>
type Component = Schema<'Component'>

/** A component as it is typed. */
export interface ComponentForm {
  kind: Component['kind']
  achievement_id: string
  title: string
  owner_organisation_id: string
  offer: string
  exclusivity: string
  field_of_use: string
  territory: string
  term_months: string
  weight_bps: number
}

/** The form of a package: every answer present, numbers as typed. */
export interface PackageForm {
  title: BothLanguages
  value_line: BothLanguages
  description: BothLanguages
  theme: string
  keywords_zh: string[]
  keywords_en: string[]
  technical_field: string
  industry: string
  region: string
  components: ComponentForm[]
  cooperation: string[]
  price_mode: string
  price: string
  public_benefit: boolean
  contact_rule: string
  audience: Tier
  tiers: Record<string, Tier>
}

/** The parts of a package that can be kept in a tier of their own. */
export const packageTierFields = ['description', 'components', 'price']

/** All weights of a package sum to this many basis points. */
export const wholeWeight = 10_000

export function newComponent(): ComponentForm {
  return {
    kind: 'achievement',
    achievement_id: '',
    title: '',
    owner_organisation_id: '',
    offer: '',
    exclusivity: '',
    field_of_use: '',
    territory: '',
    term_months: '',
    weight_bps: 0,
  }
}

/** Even weights that sum to the whole: the first ones take what does not divide. */
export function evenWeights(count: number): number[] {
  if (count === 0) return []
  const share = Math.floor(wholeWeight / count)
  const left = wholeWeight - share * count
  return Array.from({ length: count }, (_, index) => share + (index < left ? 1 : 0))
}

export function packageToForm(content: Partial<Content>): PackageForm {
  return {
    title: bothLanguages(content.title),
    value_line: bothLanguages(content.value_line),
    description: bothLanguages(content.description),
    theme: content.theme ?? '',
    keywords_zh: content.keywords_zh ?? [],
    keywords_en: content.keywords_en ?? [],
    technical_field: content.technical_field ?? '',
    industry: content.industry ?? '',
    region: content.region ?? '',
    components: (content.components ?? []).map((component) => ({
      kind: component.kind,
      achievement_id: component.achievement_id ?? '',
      title: component.title ?? '',
      owner_organisation_id: component.owner_organisation_id ?? '',
      offer: component.rights?.offer ?? '',
      exclusivity: component.rights?.exclusivity ?? '',
      field_of_use: component.rights?.field_of_use ?? '',
      territory: component.rights?.territory ?? '',
      term_months: component.rights?.term_months ? String(component.rights.term_months) : '',
      weight_bps: component.weight_bps,
    })),
    cooperation: content.cooperation ?? [],
    price_mode: content.price_mode ?? '',
    price: content.price?.amount ?? '',
    public_benefit: content.public_benefit ?? false,
    contact_rule: content.contact_rule ?? '',
    audience: content.audience ?? 'PUBLIC',
    tiers: content.tiers ?? {},
  }
}

function rightsOf(component: ComponentForm): Component['rights'] {
  const rights = answered<NonNullable<Component['rights']>>({
    offer: written(component.offer) as NonNullable<Component['rights']>['offer'],
    exclusivity: written(component.exclusivity) as NonNullable<Component['rights']>['exclusivity'],
    field_of_use: written(component.field_of_use),
    territory: written(component.territory),
    term_months: wholeNumber(component.term_months),
  })
  return Object.keys(rights).length ? rights : undefined
}

export function packageToContent(form: PackageForm): Content {
  return answered<Content>({
    title: writtenText(form.title) ?? {},
    value_line: writtenText(form.value_line),
    description: writtenText(form.description),
    theme: written(form.theme),
    keywords_zh: writtenList(form.keywords_zh),
    keywords_en: writtenList(form.keywords_en),
    technical_field: written(form.technical_field),
    industry: written(form.industry),
    region: written(form.region),
    components: writtenList(
      form.components.map((component) =>
        answered<Component>({
          kind: component.kind,
          achievement_id: component.kind === 'achievement' || component.kind === 'ip' ? written(component.achievement_id) : undefined,
          title: component.kind === 'achievement' ? undefined : written(component.title),
          owner_organisation_id: written(component.owner_organisation_id),
          rights: rightsOf(component),
          weight_bps: component.weight_bps,
        }),
      ),
    ),
    cooperation: writtenList(form.cooperation),
    price_mode: written(form.price_mode) as Content['price_mode'],
    price: yuan(form.price),
    public_benefit: form.public_benefit || undefined,
    contact_rule: written(form.contact_rule) as Content['contact_rule'],
    audience: form.audience,
    tiers: Object.keys(form.tiers).length ? form.tiers : undefined,
  })
}
