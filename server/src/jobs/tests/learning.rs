//! From labels to a model to decisions, end to end on pictures of discs.

use super::*;
use crate::{
    domain::policy::Mode,
    store::{ImageState, LabelSource, Subset, labels, models, predictions},
};

/// Twelve discs; the validation images and `labeled` others have labels from people.
async fn discs(policy: Policy, labeled: usize) -> (Fixture, Vec<Uuid>, Vec<Uuid>) {
    let f = Fixture::new(policy).await;
    let (mut measured, mut free, mut left) = (Vec::new(), Vec::new(), labeled);
    for number in 0..12 {
        let image = f.add(number).await;
        let validation = f.image(image).await.subset == Subset::Validation;
        if validation || left > 0 {
            f.label(image, number).await;
        }
        match validation {
            true => measured.push(image),
            false if left == 0 => free.push(image),
            false => left -= 1,
        }
    }
    (f, measured, free)
}

fn policy() -> Policy {
    Policy { mode: Mode::Fixed, threshold: 0.3, input_size: 64, validation_share: 0.25, ..Policy::default() }
}

#[tokio::test]
async fn a_training_makes_a_model_predictions_and_decisions() {
    let (f, measured, free) = discs(policy(), 5).await;
    assert!(!measured.is_empty() && !free.is_empty());
    let job = f.run(JobKind::Train, json!({})).await;
    let result = done(&job);
    assert_eq!((&result["version"], &result["labels"]), (&json!(1), &json!(5)), "{}", job.message);
    assert_eq!(job.progress, 1.0);

    let mut tx = f.ctx.db.read().await.unwrap();
    let model = models::newest(&mut tx, f.project.id).await.unwrap().unwrap();
    assert_eq!((model.id, model.version, model.labels, model.threshold), (job.id, 1, 5, Some(0.3)));
    assert!(model.train_seconds > 0.0);
    let figures: Value = serde_json::from_str(&model.figures).unwrap();
    assert_eq!(figures["validation_images"], measured.len());
    let miou = figures["miou"].as_f64().unwrap();
    assert!(miou > 0.5, "{figures}");
    assert_eq!((&figures["per_class"][0]["class"], &figures["per_class"][0]["name"]), (&json!(3), &json!("disc")));
    assert_eq!(figures["curve"].as_array().unwrap().last().unwrap()[1], figures["miou"]);

    let mut machine = 0;
    for image in &free {
        let prediction = predictions::get(&mut tx, *image).await.unwrap().unwrap();
        let doubts = f.ctx.blobs.get(prediction.uncertainty_key.as_deref().unwrap()).await.unwrap();
        let doubts = image::load_from_memory(&doubts).unwrap().into_luma8();
        assert!(
            doubts.iter().any(|doubt| *doubt > 40) && doubts.iter().any(|doubt| *doubt < 10),
            "it is sure of some places, and not of all"
        );
        assert_eq!((prediction.model_id, prediction.iou), (model.id, None));
        let shapes: Vec<Shape> = serde_json::from_str(&prediction.shapes).unwrap();
        assert!(shapes.iter().all(|shape| shape.class == 3 && shape.instance.is_some() && shape.confidence.is_some()));
        let label = labels::of_image(&mut tx, *image).await.unwrap();
        let task = tasks::of_image(&mut tx, *image).await.unwrap().remove(0);
        if prediction.confidence >= 0.3 {
            machine += 1;
            assert_eq!(label.map(|label| (label.source, label.model_id)), Some((LabelSource::Model, Some(model.id))));
            assert_eq!(task.state, TaskState::Parked);
            assert_eq!(f.image(*image).await.state, ImageState::Machine);
        } else {
            assert!(label.is_none());
            assert_eq!(task.state, TaskState::Open);
        }
    }
    assert_eq!(result["accepted"], machine);
    for image in &measured {
        let label = labels::of_image(&mut tx, *image).await.unwrap().unwrap();
        assert_eq!(label.source, LabelSource::People);
        assert!(predictions::get(&mut tx, *image).await.unwrap().unwrap().iou.is_some());
    }
}

#[tokio::test]
async fn a_prediction_job_goes_by_the_policy_of_now_and_a_job_begun_again_keeps_its_model() {
    let (f, _, free) = discs(policy(), 4).await;
    let job = f.run(JobKind::Train, json!({})).await;
    done(&job);
    // A worker that dies after the model was stored: the job comes again, and there is still one model.
    let mut again = job.clone();
    again.state = JobState::Running;
    let finished = crate::jobs::train::run(&f.ctx, &again, &crate::jobs::Progress::new()).await.unwrap();
    assert_eq!(finished.result["version"], 1);

    let strict = Project { policy: Policy { threshold: 1.0, ..policy() }, ..f.project.clone() };
    let mut tx = f.ctx.db.write().await.unwrap();
    projects::update(&mut tx, &strict).await.unwrap();
    tx.commit().await.unwrap();
    let result = done(&f.run(JobKind::Predict, json!({})).await);
    assert_eq!((&result["accepted"], &result["declined"]), (&json!(0), &json!(free.len())));
    for image in &free {
        assert_eq!(f.image(*image).await.state, ImageState::Waiting);
        let task = tasks::of_image(&mut f.ctx.db.read().await.unwrap(), *image).await.unwrap().remove(0);
        assert_eq!(task.state, TaskState::Open);
    }
}

#[tokio::test]
async fn features_are_computed_once_and_damaged_ones_again() {
    let f = Fixture::new(policy()).await;
    for number in 0..3 {
        f.add(number).await;
    }
    assert_eq!(done(&f.run(JobKind::Features, json!({})).await)["computed"], 3);
    assert_eq!(done(&f.run(JobKind::Features, json!({})).await)["computed"], 0);
    let image = f.add(9).await;
    let key = f.image(image).await.display_key;
    std::fs::remove_file(f.ctx.config.data.join("blobs").join(key)).unwrap();
    let job = f.run(JobKind::Features, json!({})).await;
    assert_eq!(done(&job)["unreadable"], 1);
    assert!(job.message.contains("1 images can't be read"), "{}", job.message);
}
