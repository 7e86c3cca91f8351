import { testStore } from '../support/test-store.ts'
import { describeStore } from './store-contract.ts'

describeStore('SQLite', testStore)
