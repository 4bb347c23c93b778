import type { Schema } from '@/api/client'
import type { Organisation, OrganisationKind } from './organisations'

/** An organisation as it is typed: every answer present. */
export interface OrganisationFormState {
  kind: OrganisationKind | ''
  name: { zh: string; en: string }
  credit_code: string
  region: string
  address: string
  website: string
  about: { zh: string; en: string }
  contact_name: string
  contact_phone: string
  contact_email: string
}

export function emptyOrganisation(): OrganisationFormState {
  return {
    kind: '', name: { zh: '', en: '' }, credit_code: '', region: '', address: '', website: '', about: { zh: '', en: '' },
    contact_name: '', contact_phone: '', contact_email: '',
  }
}

export function organisationToForm(organisation: Organisation): OrganisationFormState {
  return {
    kind: organisation.kind,
    name: { zh: organisation.name.zh ?? '', en: organisation.name.en ?? '' },
    credit_code: organisation.credit_code ?? '',
    region: organisation.region,
    address: organisation.address ?? '',
    website: organisation.website ?? '',
    about: { zh: organisation.about?.zh ?? '', en: organisation.about?.en ?? '' },
    contact_name: organisation.contact_name ?? '',
    contact_phone: organisation.contact_phone ?? '',
    contact_email: organisation.contact_email ?? '',
  }
}

function bothLanguages(text: { zh: string; en: string }): Schema<'Text'> {
  return {
    ...(text.zh.trim() && { zh: text.zh.trim() }),
    ...(text.en.trim() && { en: text.en.trim() }),
  }
}

/** People type the host alone; a website is an address. */
function website(typed: string): string {
  const address = typed.trim()
  return address === '' || /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`
}

/** What was typed as the API takes it; unanswered questions are left out. The credit code is written in capitals without spaces. */
export function formToOrganisation(form: OrganisationFormState & { kind: OrganisationKind }): Schema<'OrganisationForm'> {
  const about = bothLanguages(form.about)
  return {
    kind: form.kind,
    name: bothLanguages(form.name),
    credit_code: form.credit_code.replace(/\s/g, '').toUpperCase(),
    region: form.region,
    ...(form.address.trim() && { address: form.address.trim() }),
    ...(form.website.trim() && { website: website(form.website) }),
    ...(Object.keys(about).length && { about }),
    ...(form.contact_name.trim() && { contact_name: form.contact_name.trim() }),
    ...(form.contact_phone.trim() && { contact_phone: form.contact_phone.trim() }),
    ...(form.contact_email.trim() && { contact_email: form.contact_email.trim() }),
  }
}

/** The questions without which the API cannot be asked at all. */
export function unanswered(form: OrganisationFormState): string[] {
  return [
    !form.kind && 'kind',
    !form.name.zh.trim() && !form.name.en.trim() && 'name',
    !form.credit_code.trim() && 'credit_code',
    !form.region && 'region',
  ].filter((path) => path !== false)
}
