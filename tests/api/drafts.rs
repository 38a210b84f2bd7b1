//! Work in progress: drafts, conflicts between two browsers of one person, and earlier states.

use labelwright_tests::{
    on_both,
    person::{Answer, Person, id_of},
    pictures::square,
};
use serde_json::{Value, json};

async fn draft(person: &Person, task: &Value, device: &str, base: i64, shapes: Value) -> Answer {
    let body = json!({ "seconds": 3.5, "shapes": shapes, "base_revision": base, "device": device });
    person.put(&format!("/api/v1/tasks/{}/draft", id_of(task)), &body).await
}

async fn revisions(person: &Person, task: &Value) -> Vec<Value> {
    person.get(&format!("/api/v1/tasks/{}/revisions", id_of(task))).await.json["items"].as_array().unwrap().clone()
}

on_both! {
    async fn a_draft_goes_on_at_another_computer_and_a_newer_one_is_never_written_over(app: &App) {
        let project = app.project(1, json!({})).await;
        let person = app.member("person", &project, "annotator").await;
        let task = person.next(&project).await.unwrap();
        assert_eq!(task["revision"], 0);
        assert!(task["offers"].as_array().unwrap().contains(&json!("draft")));

        let one = json!([square(1, 5.0, 5.0, 20.0)]);
        let kept = draft(&person, &task, "desk", 0, one.clone()).await;
        assert_eq!(kept.status, 200, "{kept:?}");
        let first = kept.json["revision"].as_i64().unwrap();

        // The other computer begins from there.
        let there = person.get(&format!("/api/v1/tasks/{}", id_of(&task))).await.json;
        assert_eq!((&there["shapes"], &there["revision"], &there["revision_device"]), (&one, &json!(first), &json!("desk")));
        let two = json!([square(1, 5.0, 5.0, 20.0), square(2, 40.0, 5.0, 20.0)]);
        let newer = draft(&person, &task, "sofa", first, two.clone()).await.json["revision"].as_i64().unwrap();
        assert!(newer > first);

        // The first one, which knows nothing of it, is told, and neither its draft nor its submission takes the place of the newer work.
        let key = uuid::Uuid::new_v4();
        let submit = json!({ "key": key, "seconds": 5, "shapes": one, "base_revision": first, "device": "desk" });
        for refused in [draft(&person, &task, "desk", first, one.clone()).await, person.post(&format!("/api/v1/tasks/{}/submit", id_of(&task)), &submit).await] {
            assert_eq!(refused.status, 409, "{refused:?}");
            assert_eq!((&refused.json["type"], &refused.json["revision"], &refused.json["shapes"]), (&json!("revision-conflict"), &json!(newer), &two));
            assert!(refused.json["kept"].as_str().unwrap().contains("Both are kept"));
        }
        let now = person.get(&format!("/api/v1/tasks/{}", id_of(&task))).await.json;
        assert_eq!(now["shapes"], two);

        // Whoever decided that the own version goes on names the newer one as the base.
        let submit = json!({ "key": key, "seconds": 5, "shapes": one, "base_revision": newer, "device": "desk" });
        assert_eq!(person.post(&format!("/api/v1/tasks/{}/submit", id_of(&task)), &submit).await.status, 200);
    }

    /// What a browser sent itself is no conflict: the answer may have been lost on the way.
    async fn a_browser_never_conflicts_with_itself(app: &App) {
        let project = app.project(1, json!({})).await;
        let person = app.member("person", &project, "annotator").await;
        let task = person.next(&project).await.unwrap();
        for side in [10.0, 20.0, 30.0] {
            assert_eq!(draft(&person, &task, "desk", 0, json!([square(1, 5.0, 5.0, side)])).await.status, 200);
        }
        let submit = json!({ "key": uuid::Uuid::new_v4(), "shapes": [], "base_revision": 0, "device": "desk" });
        assert_eq!(person.post(&format!("/api/v1/tasks/{}/submit", id_of(&task)), &submit).await.status, 200);
    }

    async fn revisions_can_be_looked_at_by_whom_they_concern(app: &App) {
        let project = app.project(1, json!({ "opinions": 2, "validation_share": 0.0 })).await;
        let (ada, grace) = (app.member("ada", &project, "annotator").await, app.member("grace", &project, "annotator").await);
        let reviewer = app.member("reviewer", &project, "reviewer").await;
        let (of_ada, of_grace) = (ada.next(&project).await.unwrap(), grace.next(&project).await.unwrap());
        draft(&ada, &of_ada, "desk", 0, json!([square(1, 5.0, 5.0, 20.0)])).await;
        draft(&ada, &of_ada, "sofa", 1, json!([])).await;
        ada.submit(&of_ada, json!([square(1, 5.0, 5.0, 20.0), square(1, 40.0, 5.0, 20.0)])).await;
        grace.submit(&of_grace, json!([square(1, 5.0, 5.0, 21.0)])).await;

        let own = revisions(&ada, &of_ada).await;
        let said: Vec<_> = own.iter().map(|r| (r["source"].as_str().unwrap(), r["shapes_count"].as_i64().unwrap(), r["author"].as_str().unwrap())).collect();
        assert_eq!(said, [("submit", 2, "The ada"), ("draft", 0, "The ada"), ("draft", 1, "The ada")]);
        let numbers: Vec<_> = own.iter().map(|r| r["revision"].as_i64().unwrap()).collect();
        assert!(numbers.is_sorted_by(|a, b| a > b), "{numbers:?}");
        let get = |id: &Value| format!("/api/v1/tasks/{}/revisions/{}", id_of(&of_ada), id.as_str().unwrap());
        assert_eq!(ada.get(&get(&own[2]["id"])).await.json["shapes"], json!([square(1, 5.0, 5.0, 20.0)]));

        // Opinions are blind: nobody sees another's, under any task's address. Reviewers see all.
        assert_eq!(grace.get(&get(&own[0]["id"])).await.status, 404);
        assert_eq!(grace.get(&get(&own[2]["id"])).await.status, 404);
        assert_eq!(revisions(&grace, &of_grace).await.len(), 1);
        assert_eq!(revisions(&grace, &of_ada).await.len(), 1);
        assert_eq!(revisions(&reviewer, &of_ada).await.len(), 4);
        assert_eq!(reviewer.get(&get(&own[2]["id"])).await.status, 200);
    }

    async fn what_comes_without_a_lease_is_kept_and_what_is_no_list_of_shapes_is_not(app: &App) {
        let project = app.project(1, json!({})).await;
        let person = app.member("person", &project, "annotator").await;
        let task = person.next(&project).await.unwrap();
        for wrong in [json!({}), json!([{ "class": 1 }]), json!([{ "class": 1, "type": "polygon", "parts": 3 }])] {
            assert_eq!(draft(&person, &task, "desk", 0, wrong).await.status, 422);
        }
        app.admin().await.post(&format!("/api/v1/tasks/{}/reclaim", id_of(&task)), &json!({})).await;
        let late = draft(&person, &task, "desk", 0, json!([square(1, 5.0, 5.0, 20.0)])).await;
        assert_eq!((late.status, late.json["type"].is_null()), (409, true), "{late:?}");
        let back = person.next(&project).await.unwrap();
        assert_eq!(back["shapes"].as_array().unwrap().len(), 1);
    }

    /// Drafts that follow each other closely take each other's place, so somebody who draws all day doesn't fill the disk.
    async fn drafts_are_bounded(app: &App) {
        let project = app.project(1, json!({})).await;
        let person = app.member("person", &project, "annotator").await;
        let task = person.next(&project).await.unwrap();
        for i in 0..20 {
            draft(&person, &task, "desk", 0, json!([square(1, f64::from(i), 5.0, 20.0)])).await;
        }
        let kept = revisions(&person, &task).await;
        assert_eq!(kept.len(), 2, "{kept:?}");
        assert_eq!(person.get(&format!("/api/v1/tasks/{}", id_of(&task))).await.json["shapes"], json!([square(1, 19.0, 5.0, 20.0)]));
    }

    async fn objects_have_the_attributes_that_their_class_asks_for(app: &App) {
        let project = app.project(1, json!({ "checks": { "attributes": true, "tiny": 20 } })).await;
        let admin = app.admin().await;
        let stage = json!({ "name": "stage", "kind": "choice", "required": true, "options": ["early", "late"] });
        let classes = json!([{ "index": 1, "name": "cell", "attributes": [stage] }, { "index": 2, "name": "tissue", "kind": "stuff" }]);
        assert_eq!(admin.put(&format!("/api/v1/projects/{project}/classes"), &classes).await.status, 200);
        // A list that doesn't speak of attributes leaves them as they are.
        let renamed = json!([{ "index": 1, "name": "cell body" }, { "index": 2, "name": "tissue", "kind": "stuff" }]);
        let kept = admin.put(&format!("/api/v1/projects/{project}/classes"), &renamed).await.json;
        assert_eq!(kept[0]["attributes"], json!([stage]));
        let twice = json!([{ "index": 1, "name": "cell", "attributes": [stage, stage] }]);
        assert_eq!(admin.put(&format!("/api/v1/projects/{project}/classes"), &twice).await.status, 400);

        let person = app.member("person", &project, "annotator").await;
        let task = person.next(&project).await.unwrap();
        assert_eq!(task["classes"][0]["attributes"], json!([stage]));
        assert_eq!(task["checks"], json!({ "attributes": true, "tiny": 20.0 }));
        let mut shape = square(1, 5.0, 5.0, 20.0);
        shape["attributes"] = json!({ "stage": "never" });
        let refused = person.submit(&task, json!([shape])).await;
        assert_eq!(refused.status, 422);
        assert!(refused.json["detail"].as_str().unwrap().contains("shape 1: attribute 'stage' must be one of early, late"), "{refused:?}");
        shape["attributes"] = json!({ "stage": "late" });
        assert_eq!(person.submit(&task, json!([shape])).await.status, 200);
        let label = admin.get(&format!("/api/v1/images/{}/label", task["image"]["id"].as_str().unwrap())).await.json;
        assert_eq!(label["shapes"][0]["attributes"], json!({ "stage": "late" }));
    }

    /// From the picture and the backbone alone, before any training.
    async fn a_mask_is_proposed_for_what_somebody_points_at(app: &App) {
        let project = app.project(0, json!({})).await;
        let admin = app.admin().await;
        // A bright disc of radius 12 at (21, 39).
        admin.upload(&format!("/api/v1/projects/{project}/images"), vec![("disc.png".into(), labelwright_tests::pictures::png(96, 64, 3))]).await;
        let person = app.member("person", &project, "annotator").await;
        let task = person.next(&project).await.unwrap();
        let path = format!("/api/v1/tasks/{}/suggest", id_of(&task));
        let ask = json!({ "points": [{ "x": 21, "y": 39, "inside": true }], "class": 1 });
        let found = person.post(&path, &ask).await;
        assert_eq!(found.status, 200, "{found:?}");
        assert_eq!(found.json["mask"]["size"], json!([64, 96]));
        let counts: Vec<u64> = found.json["mask"]["counts"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
        let area: u64 = counts.iter().skip(1).step_by(2).sum();
        assert!((380..=530).contains(&area), "{area} pixels, the disc has 452");
        assert_eq!(person.post(&path, &json!({ "points": [] })).await.json["mask"], json!(null));
        let many = vec![json!({ "x": 1, "y": 1, "inside": true }); 201];
        assert_eq!(person.post(&path, &json!({ "points": many })).await.status, 400);
        // Only for who holds the task.
        assert_eq!(admin.post(&path, &ask).await.status, 409);
    }
}
