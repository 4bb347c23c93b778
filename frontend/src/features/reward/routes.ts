import type { RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/my/rewards', component: () => import('./pages/OwnRewardsPage.vue'), meta: { work: true, title: 'reward.own' } },
  { path: '/plans/:id', component: () => import('./pages/PlanPage.vue'), meta: { work: true, title: 'reward.plan' } },
  { path: '/distributions/:id', component: () => import('./pages/DistributionPage.vue'), meta: { work: true, title: 'reward.distribution' } },
]

export default routes
