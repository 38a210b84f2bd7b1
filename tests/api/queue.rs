//! Work for several people: leases, opinions, assignment.

use std::collections::{BTreeMap, HashSet};

use labelwright::store::{Millis, tasks};
use labelwright_tests::{on_both, person::id_of, pictures::square};
use serde_json::{Value, json};

on_both! {
    /// Sixteen people pull and submit at once; every image is labeled exactly once.
    async fn sixteen_people_never_share_a_task(app: &App) {
        let project = app.project(40, json!({ "retrain_after_labels": 0 })).await;
        let mut crew = tokio::task::JoinSet::new();
        for i in 0..16 {
            let person = app.member(&format!("person{i}"), &project, "annotator").await;
            let project = project.clone();
            crew.spawn(async move {
                let mut done = Vec::new();
                while let Some(task) = person.next(&project).await {
                    let answer = person.submit(&task, json!([square(1, 5.0, 5.0, 20.0)])).await;
                    assert_eq!(answer.status, 200, "{answer:?}");
                    done.push(task["image"]["id"].as_str().unwrap().to_owned());
                }
                done
            });
        }
        let all: Vec<String> = crew.join_all().await.into_iter().flatten().collect();
        assert_eq!(all.len(), 40);
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 40);
        let progress = app.admin().await.get(&format!("/api/v1/projects/{project}/progress")).await.json;
        assert_eq!((&progress["people"], &progress["waiting"]), (&json!(40), &json!(0)));
    }

    async fn three_opinions_come_from_three_people_who_do_not_see_each_other(app: &App) {
        let project = app.project(4, json!({ "opinions": 3, "retrain_after_labels": 0 })).await;
        let mut seen: BTreeMap<String, HashSet<usize>> = BTreeMap::new();
        for i in 0..3 {
            let person = app.member(&format!("person{i}"), &project, "annotator").await;
            let mut mine = HashSet::new();
            while let Some(task) = person.next(&project).await {
                assert_eq!(task["shapes"], json!([]), "somebody else's shapes are shown");
                let image = task["image"]["id"].as_str().unwrap().to_owned();
                assert!(mine.insert(image.clone()), "the same image twice for one person");
                // Each draws a little to the side of the others.
                let answer = person.submit(&task, json!([square(1, 10.0 + i as f64, 10.0, 30.0)])).await;
                assert_eq!(answer.status, 200, "{answer:?}");
                let history = person.get(&format!("/api/v1/images/{image}")).await.json["annotations"].as_array().unwrap().len();
                assert_eq!(history, 1, "annotators see their own lines only");
                seen.entry(image).or_default().insert(i);
            }
            assert_eq!(mine.len(), 4);
        }
        assert!(seen.values().all(|people| people.len() == 3));
        let admin = app.admin().await;
        for image in seen.keys() {
            let label = admin.get(&format!("/api/v1/images/{image}/label")).await.json;
            assert_eq!(label["source"], "people");
            assert_eq!(label["status"], "committed");
            let agreement = label["agreement"].as_f64().unwrap();
            assert!(agreement > 0.85 && agreement < 1.0, "{agreement}");
            assert_eq!(label["shapes"].as_array().unwrap().len(), 1, "{label}");
        }
    }

    async fn a_lease_that_runs_out_goes_to_somebody_else_and_the_work_is_kept(app: &App) {
        let project = app.project(1, json!({ "retrain_after_labels": 0 })).await;
        let slow = app.member("slow", &project, "annotator").await;
        let quick = app.member("quick", &project, "annotator").await;
        let task = slow.next(&project).await.unwrap();
        assert!(quick.next(&project).await.is_none());

        // The clock is put forward by ending the lease as the manager would.
        let admin = app.admin().await;
        assert_eq!(admin.post(&format!("/api/v1/tasks/{}/reclaim", id_of(&task)), &json!({})).await.status, 204);
        let again = quick.next(&project).await.unwrap();
        assert_eq!(id_of(&again), id_of(&task));

        assert_eq!(slow.post(&format!("/api/v1/tasks/{}/heartbeat", id_of(&task)), &json!({})).await.status, 409);
        let late = slow.submit(&task, json!([square(1, 5.0, 5.0, 20.0)])).await;
        assert_eq!(late.status, 409);
        assert_eq!(late.json["kept"], "Your shapes were kept as a draft of this task.");
        // Given back, the task returns to the slow one with the draft.
        assert_eq!(quick.post(&format!("/api/v1/tasks/{}/release", id_of(&task)), &json!({})).await.status, 204);
        let back = slow.next(&project).await.unwrap();
        assert_eq!(back["shapes"].as_array().unwrap().len(), 1);
        assert_eq!(slow.submit(&back, json!([square(1, 5.0, 5.0, 20.0)])).await.status, 200);
    }

    async fn expired_leases_return_to_the_queue(app: &App) {
        let project = app.project(2, json!({})).await;
        let id = project.parse().unwrap();
        let person = app.member("person", &project, "annotator").await;
        let task = person.next(&project).await.unwrap();
        let mut tx = app.ctx.db.write().await.unwrap();
        let later = Millis::now().plus_seconds(1801);
        assert_eq!(tasks::reclaim_expired(&mut tx, id, later).await.unwrap(), 1);
        assert_eq!(tasks::reclaim_expired(&mut tx, id, later).await.unwrap(), 0);
        tx.commit().await.unwrap();
        let lost = person.get(&format!("/api/v1/tasks/{}", id_of(&task))).await;
        assert_eq!(lost.status, 409);
    }

    async fn a_reload_gives_the_same_task_and_prefetching_another(app: &App) {
        let project = app.project(5, json!({})).await;
        let person = app.member("person", &project, "annotator").await;
        let first = person.next(&project).await.unwrap();
        assert_eq!(id_of(&person.next(&project).await.unwrap()), id_of(&first));
        let next = |except: Vec<&str>| json!({ "except": except });
        let path = format!("/api/v1/projects/{project}/tasks/next");
        let second = person.post(&path, &next(vec![id_of(&first)])).await.json;
        assert_ne!(id_of(&second), id_of(&first));
        let third = person.post(&path, &next(vec![id_of(&first), id_of(&second)])).await.json;
        let too_many = person.post(&path, &next(vec![id_of(&first), id_of(&second), id_of(&third)])).await;
        assert_eq!(too_many.status, 409);
        assert!(too_many.json["detail"].as_str().unwrap().contains("you hold 3 tasks already"));
        let alive = person.post(&format!("/api/v1/tasks/{}/heartbeat", id_of(&second)), &json!({})).await;
        assert!(alive.json["lease_until_ms"].as_i64().unwrap() > Millis::now().0 + 1_700_000);
    }

    async fn assigned_tasks_are_for_one_person_only(app: &App) {
        let project = app.project(3, json!({})).await;
        let admin = app.admin().await;
        let anna = app.member("anna", &project, "annotator").await;
        let ben = app.member("ben", &project, "annotator").await;
        app.stranger("stranger").await;
        let board = admin.get(&format!("/api/v1/projects/{project}/tasks?state=open")).await.json;
        let ids: Vec<&str> = board["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        let assign = format!("/api/v1/projects/{project}/tasks/assign");
        let stranger = admin.post(&assign, &json!({ "task_ids": ids, "user": "stranger" })).await;
        assert_eq!(stranger.status, 409);
        assert_eq!(admin.post(&assign, &json!({ "task_ids": ids, "user": "anna" })).await.json["changed"], 3);
        assert!(ben.next(&project).await.is_none());
        assert!(ids.contains(&id_of(&anna.next(&project).await.unwrap())));
        // To everybody again; what anna holds stays hers.
        assert_eq!(admin.post(&assign, &json!({ "task_ids": ids, "user": null })).await.status, 200);
        assert!(ben.next(&project).await.is_some());
    }

    async fn priority_decides_who_comes_first(app: &App) {
        let project = app.project(6, json!({})).await;
        let admin = app.admin().await;
        let board = admin.get(&format!("/api/v1/projects/{project}/tasks")).await.json;
        let last = board["items"][4]["id"].as_str().unwrap();
        assert_eq!(admin.post(&format!("/api/v1/tasks/{last}/priority"), &json!({ "priority": 9.0 })).await.status, 204);
        assert_eq!(id_of(&admin.next(&project).await.unwrap()), last);
        let absurd = admin.post(&format!("/api/v1/tasks/{last}/priority"), &json!({ "priority": 1e300 })).await;
        assert_eq!(absurd.status, 400);
    }

    async fn skipping_needs_a_reason_and_is_shown_to_the_manager(app: &App) {
        let project = app.project(1, json!({})).await;
        let person = app.member("person", &project, "annotator").await;
        let task = person.next(&project).await.unwrap();
        let skip = format!("/api/v1/tasks/{}/skip", id_of(&task));
        assert_eq!(person.post(&skip, &json!({ "reason": "  " })).await.status, 400);
        assert_eq!(person.post(&skip, &json!({ "reason": "out of focus" })).await.status, 204);
        assert!(person.next(&project).await.is_none());
        let admin = app.admin().await;
        let board = admin.get(&format!("/api/v1/projects/{project}/tasks?state=skipped")).await.json;
        assert_eq!(board["items"][0]["reason"], "out of focus");
        assert_eq!(board["items"][0]["holder"], "person");
        assert_eq!(admin.get(&format!("/api/v1/projects/{project}/progress")).await.json["skipped"], 1);
        // Put back, it is work again.
        assert_eq!(admin.post(&format!("/api/v1/tasks/{}/reclaim", id_of(&task)), &json!({})).await.status, 204);
        assert!(person.next(&project).await.is_some());
    }

    async fn a_paused_project_hands_nothing_out(app: &App) {
        let project = app.project(2, json!({})).await;
        let admin = app.admin().await;
        assert_eq!(admin.patch(&format!("/api/v1/projects/{project}"), &json!({ "paused": true })).await.json["paused"], true);
        assert!(admin.next(&project).await.is_none());
        admin.patch(&format!("/api/v1/projects/{project}"), &json!({ "paused": false })).await;
        let left: Value = admin.next(&project).await.unwrap()["left"].clone();
        assert_eq!(left, 1);
    }
}
