import { registerCalls } from './calls.js';
import { registerConnection } from './connection.js';

registerConnection();
registerCalls();
