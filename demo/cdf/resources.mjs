/** What a cluster holds, in the shapes of the CDF API (api-docs.cognite.com, 20230101). */
const READ_GROUP = 4711;
const DEFAULT_LIMIT = 100;
const CREATED = Date.UTC(2024, 0, 15);

/** The projects of a cluster that the token's bearer may use. */
export function projectsOf(cluster, claims) {
  return cluster.projects.filter(({ members }) => members.includes(claims.oid));
}

/** `GET /api/v1/token/inspect` */
export function inspection(cluster, claims) {
  const names = projectsOf(cluster, claims).map(({ name }) => name);
  const projectScope = { projects: names };
  const scope = { all: {} };
  return {
    subject: claims.sub,
    projects: names.map(projectUrlName => ({
      projectUrlName,
      groups: [READ_GROUP]
    })),
    capabilities:
      names.length === 0
        ? []
        : [
            { projectsAcl: { actions: ['LIST', 'READ'], scope }, projectScope },
            { timeSeriesAcl: { actions: ['READ'], scope }, projectScope }
          ]
  };
}

/**
 * One page of time series.
 *
 * @param {{name: string, series: string[]}} project
 * @param {{limit?: number, cursor?: string}} query
 */
export function timeSeriesPage(
  project,
  { limit = DEFAULT_LIMIT, cursor = '0' }
) {
  const start = Number(cursor);
  const end = start + limit;
  const items = project.series.slice(start, end).map((name, index) => ({
    id: 1000 + start + index,
    externalId: `${project.name}:${name}`,
    name: `${project.name}/${name}`,
    isString: false,
    isStep: false,
    description: `Demo series of ${project.name}`,
    createdTime: CREATED,
    lastUpdatedTime: CREATED
  }));
  return end < project.series.length
    ? { items, nextCursor: String(end) }
    : { items };
}
