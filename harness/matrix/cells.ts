// The cells of the matrix: what is put together with what. Pure: from the plug-ins and the traps to a list; a plug-in that is
// added is in the matrix without a word here. Whether a combination can be is the planner's to say (plan-cell.ts).
import type { PlugInMaps } from '../scenario/plug-ins.js';
import { serverForms, type Options, type ServerForm } from './forms.js';
import { givenTo } from './given.js';
import { pathChoices, type PathChoice } from './paths.js';

/** Setting of the cells that are no trap's: every plug-in as it comes, but for what `given` says. */
export const DEFAULTS_SETTING = 'defaults';
/** Restart path of the first table: the master is killed, as in a crash. */
export const CRASH = 'kill-master';
/** The server with which supervisors are compared path by path: it has the most paths and can be run wrongly in most ways. */
export const REFERENCE_SERVER = 'unicorn';
/** The supervisor under which servers are compared path by path: the one that most of them are written for. */
export const REFERENCE_SUPERVISOR = 'systemd';

export interface CellName {
  readonly supervisor: string;
  /** The form of a server: 'puma', 'puma-cluster'. */
  readonly server: string;
  readonly path: string;
  /** DEFAULTS_SETTING, or '<trap>/<environment>'. */
  readonly setting: string;
  /** Options of the supervisor that are not its defaults; absent: none, or those of a trap's scenario. */
  readonly given?: Options;
}

export interface ProductCell extends CellName {
  readonly kind: 'product';
  readonly id: string;
  readonly form: ServerForm;
  readonly choice: PathChoice;
}

export interface TrapCell extends CellName {
  readonly kind: 'trap';
  readonly id: string;
  readonly trap: string;
  readonly environment: string;
  /** As given to the program that would run it alone. */
  readonly file: string;
}

export type Cell = ProductCell | TrapCell;

/** What the matrix knows of one environment of a trap. */
export interface TrapSetting {
  readonly trap: string;
  readonly file: string;
  readonly environment: string;
  readonly supervisor: string;
  readonly server: string;
  readonly path: string;
}

/** Every supervisor with every form of every server on every path. */
export function productCells(maps: PlugInMaps): readonly ProductCell[] {
  const paths = pathChoices(maps.faults);
  return Object.keys(maps.supervisors).flatMap((supervisor) =>
    serverForms(maps.servers).flatMap((form) =>
      paths.map((choice): ProductCell => {
        const given = givenTo(supervisor, form, choice, maps);
        return {
          kind: 'product',
          id: `${supervisor}/${form.name}/${choice.name}`,
          supervisor,
          server: form.name,
          path: choice.name,
          setting: DEFAULTS_SETTING,
          ...(Object.keys(given).length === 0 ? {} : { given }),
          form,
          choice,
        };
      }),
    ),
  );
}

export function trapCells(settings: readonly TrapSetting[]): readonly TrapCell[] {
  return settings.map((setting) => ({
    ...setting,
    kind: 'trap',
    id: `trap/${setting.trap}/${setting.environment}`,
    setting: `${setting.trap}/${setting.environment}`,
  }));
}

/** The default table: all supervisors and servers on a crash, all paths with one server, all paths under one supervisor. */
export function isInDefaultTable(cell: Cell): boolean {
  return (
    cell.kind === 'trap' ||
    cell.path === CRASH ||
    cell.server === REFERENCE_SERVER ||
    cell.supervisor === REFERENCE_SUPERVISOR
  );
}
