import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/platform/organisations', component: () => import('./pages/VerificationPage.vue'), meta: { work: true, title: 'shell.nav.verification' } },
  { path: '/platform/accounts', component: () => import('./pages/AccountsPage.vue'), meta: { work: true, title: 'shell.nav.accounts' } },
  { path: '/platform/operations', component: () => import('./pages/OperationsPage.vue'), meta: { work: true, title: 'shell.nav.operations' } },
  { path: '/platform/synonyms', component: () => import('./pages/SynonymsPage.vue'), meta: { work: true, title: 'shell.nav.synonyms' } },
]

export default routes
