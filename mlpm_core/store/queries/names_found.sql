-- Projects, KPIs, models and decisions with a text in a name or description; those that begin with it first.
-- params:  $find VARCHAR, $most BIGINT
-- returns: kind VARCHAR, project VARCHAR, project_title VARCHAR, id VARCHAR, title VARCHAR, leads_to VARCHAR, n_found BIGINT
WITH shown AS (SELECT * FROM projects_current WHERE NOT archived),
models AS (
    SELECT m.project, m.model_id, m.purpose,
           max_by(d.deployment_id, (d.slot = 'champion', d.to_on IS NULL, d.from_on))
               FILTER (NOT d.archived) AS deployment_id
    FROM models_current m
    LEFT JOIN deployments_current d ON d.project = m.project AND d.model_id = m.model_id
    WHERE NOT m.archived
    GROUP BY ALL
),
named AS (
    SELECT 1 AS place, 'project' AS kind, project, project AS id, title, '' AS leads_to,
           question || ' ' || owner AS words
    FROM shown
    UNION ALL
    SELECT 2, 'kpi', project, kpi_id, title, '', definition || ' ' || stands_for || ' ' || owner
    FROM kpis_current WHERE NOT archived
    UNION ALL
    SELECT 3, 'model', project, model_id, model_id, ifnull(deployment_id, ''), purpose FROM models
    UNION ALL
    SELECT 4, 'decision', project, decision_id, title, value_case_id, chosen || ' ' || decided_by
    FROM decisions_current
)
SELECT n.kind, n.project, p.title AS project_title, n.id, n.title, n.leads_to,
       count(*) OVER () AS n_found
FROM named n
JOIN shown p ON p.project = n.project
WHERE contains(lower(n.title || ' ' || n.id || ' ' || n.words), lower($find))
ORDER BY NOT (starts_with(lower(n.title), lower($find)) OR starts_with(lower(n.id), lower($find))),
         NOT contains(lower(n.title), lower($find)), n.place, lower(n.title), n.project, n.id
LIMIT $most
