import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/introductions', component: () => import('./pages/IntroductionsPage.vue'), meta: { work: true, title: 'deal.introductions' } },
  { path: '/introductions/:id', component: () => import('./pages/IntroductionPage.vue'), meta: { work: true, title: 'deal.introduction' } },
  { path: '/deals', component: () => import('./pages/DealsPage.vue'), meta: { work: true, title: 'deal.deals' } },
  { path: '/deals/:id', component: () => import('./pages/DealPage.vue'), meta: { work: true, title: 'deal.deal' } },
]

export default routes
