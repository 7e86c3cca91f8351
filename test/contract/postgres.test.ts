import { postgresTestStore } from '../support/postgres-databases.ts'
import { describeStore } from './store-contract.ts'

describeStore('PostgreSQL', postgresTestStore)
