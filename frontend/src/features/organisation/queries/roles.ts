import type { OrganisationKind } from './organisations'

/** The kinds that anybody can register; the platform's own organisation is made at the machine. */
export const registrableKinds: OrganisationKind[] = ['institute', 'enterprise', 'brokerage', 'station', 'registry', 'funder', 'provider', 'incubator', 'authority']

const roles: Partial<Record<OrganisationKind, string[]>> = {
  platform: ['operator', 'reviewer', 'verifier'],
  institute: ['officer', 'head', 'finance', 'inventor'],
  enterprise: ['engineer', 'manager', 'finance'],
  brokerage: ['broker', 'head'],
  registry: ['registrar', 'chief'],
  authority: ['analyst', 'head'],
}

/** The roles offered to members of a kind of organisation; the server has the last word. */
export function rolesOf(kind: OrganisationKind): string[] {
  return roles[kind] ?? ['officer', 'head']
}

/** Roles that administer their organisation: edit it, submit it, add and remove members. */
export const decidingRoles = ['head', 'manager', 'chief', 'operator']

/** Roles that may name persons, as contributors of what they draft. */
export const namingRoles = ['officer', 'head', 'inventor', 'engineer', 'manager', 'broker']
