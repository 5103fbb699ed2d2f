/** The global names that Node's own modules expect, for a page. */
import { Buffer } from "buffer";
import process from "process";

Object.assign(globalThis, { global: globalThis, Buffer, process });
