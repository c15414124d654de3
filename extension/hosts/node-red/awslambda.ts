import { registerAdmin } from './admin.ts';
import { callKinds } from './call-kinds.ts';
import { registerCall } from './call-node.ts';
import { registerConnection } from './connection-node.ts';
import type { Red } from './red.ts';

/** Registers the nodes with Node-RED. */
export default function awslambda(RED: Red): void {
  registerConnection(RED);
  for (const kind of callKinds) registerCall(RED, kind);
  registerAdmin(RED);
}
