import type { Me, OwnOrganisation } from '@/features/account/queries/session'
import { mediates } from '@/features/desk/queries/desk'

/** What decides which places the side navigation offers. */
export interface NavigationContext {
  me: Me
  acting: OwnOrganisation | undefined
}

/** A place of the side navigation; `label` is its key in i18n. */
export interface Place {
  to: string
  label: string
  icon: string
  shown?: (context: NavigationContext) => boolean
}

/** Places under one heading. */
export interface PlaceGroup {
  label: string
  places: Place[]
}

const actsFor = (context: NavigationContext) => context.acting !== undefined
const platform = (context: NavigationContext) => context.acting?.kind === 'platform'
const trades = (context: NavigationContext) =>
  actsFor(context) && !['platform', 'registry', 'authority'].includes(context.acting?.kind ?? '')
/** Who negotiates, and who beside them reads contracts and the money on them. */
const negotiators = ['officer', 'head', 'engineer', 'manager', 'broker']
const readers = [...negotiators, 'finance']
const holds = (...roles: string[]) => (context: NavigationContext) =>
  roles.some((role) => context.acting?.roles.includes(role))

/** The side navigation, in order. It offers; the server allows. */
export const placeGroups: PlaceGroup[] = [
  {
    label: 'shell.nav.work',
    places: [
      { to: '/dashboard', label: 'shell.nav.dashboard', icon: 'home' },
      { to: '/desk', label: 'shell.nav.desk', icon: 'bridge', shown: (c) => mediates(c.acting) },
      { to: '/my/listings', label: 'shell.nav.listings', icon: 'stack', shown: trades },
      { to: '/agreements', label: 'agreement.list', icon: 'seal', shown: (c) => trades(c) && holds('officer', 'head')(c) },
      { to: '/duplicates', label: 'shell.nav.duplicates', icon: 'copy', shown: (c) => trades(c) && holds(...negotiators)(c) },
      { to: '/introductions', label: 'shell.nav.introductions', icon: 'wave', shown: (c) => trades(c) && holds(...negotiators)(c) },
      { to: '/file-requests', label: 'shell.nav.fileRequests', icon: 'file', shown: (c) => trades(c) && holds(...negotiators)(c) },
      { to: '/disclosures', label: 'shell.nav.disclosures', icon: 'lock', shown: (c) => trades(c) && holds(...negotiators)(c) },
      { to: '/deals', label: 'shell.nav.deals', icon: 'bridge', shown: (c) => trades(c) && holds(...readers)(c) },
      { to: '/contracts', label: 'shell.nav.contracts', icon: 'page', shown: (c) => trades(c) && holds(...readers)(c) },
      { to: '/my/contributions', label: 'shell.nav.contributions', icon: 'person', shown: (c) => c.acting === undefined || c.acting.kind === 'institute' },
      { to: '/my/rewards', label: 'shell.nav.rewards', icon: 'coin' },
    ],
  },
  {
    label: 'shell.nav.platform',
    places: [
      { to: '/reviews', label: 'shell.nav.reviews', icon: 'check', shown: (c) => platform(c) && holds('reviewer')(c) },
      { to: '/duplicates', label: 'shell.nav.duplicates', icon: 'copy', shown: (c) => platform(c) && holds('reviewer', 'operator')(c) },
      { to: '/platform/organisations', label: 'shell.nav.verification', icon: 'seal', shown: (c) => platform(c) && holds('verifier', 'operator')(c) },
      { to: '/platform/accounts', label: 'shell.nav.accounts', icon: 'person', shown: (c) => platform(c) && holds('operator')(c) },
      { to: '/platform/synonyms', label: 'shell.nav.synonyms', icon: 'search', shown: (c) => platform(c) && holds('operator')(c) },
      { to: '/platform/operations', label: 'shell.nav.operations', icon: 'pulse', shown: (c) => platform(c) && holds('operator')(c) },
    ],
  },
  {
    label: 'shell.nav.own',
    places: [
      { to: '/organisation', label: 'shell.nav.organisation', icon: 'building', shown: actsFor },
      { to: '/organisations/new', label: 'shell.nav.registerOrganisation', icon: 'building', shown: (c) => !actsFor(c) },
      { to: '/organisation/tokens', label: 'shell.nav.tokens', icon: 'lock', shown: actsFor },
      { to: '/organisation/webhooks', label: 'shell.nav.webhooks', icon: 'pulse', shown: (c) => actsFor(c) && holds('officer', 'head', 'manager', 'chief', 'operator')(c) },
      { to: '/my/searches', label: 'shell.nav.savedSearches', icon: 'search' },
      { to: '/profile', label: 'shell.nav.profile', icon: 'person' },
    ],
  },
]

/** The groups and places that a person is offered; empty groups are left out. */
export function placesFor(context: NavigationContext): PlaceGroup[] {
  return placeGroups
    .map((group) => ({ ...group, places: group.places.filter((place) => place.shown?.(context) ?? true) }))
    .filter((group) => group.places.length > 0)
}
