import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/achievements/:id', component: () => import('./pages/AchievementPage.vue'), meta: { compares: true } },
  { path: '/packages/:id', component: () => import('./pages/PackagePage.vue'), meta: { compares: true } },
  { path: '/achievements/:id/versions', component: () => import('./pages/VersionsPage.vue'), props: { kind: 'achievement' }, meta: { title: 'version.title' } },
  { path: '/packages/:id/versions', component: () => import('./pages/VersionsPage.vue'), props: { kind: 'package' }, meta: { title: 'version.title' } },
  { path: '/agreements', component: () => import('./pages/AgreementsPage.vue'), meta: { work: true, title: 'agreement.list' } },
  { path: '/agreements/:id', component: () => import('./pages/AgreementPage.vue'), meta: { work: true, title: 'agreement.title' } },
  { path: '/my/contributions', component: () => import('./pages/OwnContributionsPage.vue'), meta: { work: true, title: 'listing.contribution.title' } },
  // The id is "new" until the first save.
  { path: '/my/achievements/:id', alias: '/my/achievements/:id/edit', component: () => import('./pages/AchievementFormPage.vue'), meta: { work: true, title: 'search.kind.achievement' } },
  { path: '/my/packages/:id', alias: '/my/packages/:id/edit', component: () => import('./pages/PackageFormPage.vue'), meta: { work: true, title: 'search.kind.package' } },
]

export default routes
