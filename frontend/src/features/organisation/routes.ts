import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/organisation', component: () => import('./pages/OwnOrganisationPage.vue'), meta: { work: true, title: 'shell.nav.organisation' } },
  { path: '/organisations/new', component: () => import('./pages/RegisterOrganisationPage.vue'), meta: { work: true, title: 'shell.nav.registerOrganisation' } },
  { path: '/organisations/:id', component: () => import('./pages/OrganisationPage.vue'), meta: { compares: true, title: 'organisation.profile' } },
]

export default routes
