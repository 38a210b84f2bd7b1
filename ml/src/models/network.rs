//! A whole segmentation network: backbone, head, auxiliary head.

use burn::{
    module::Module,
    nn::BatchNorm,
    tensor::{Device, Tensor},
};

use super::{
    backbone::Backbone,
    efficientnet_lite::EfficientNetLite,
    heads::{FcnHead, Head},
    layers::{ConvUnit, Units, resized},
    registry::ModelSpec,
    resnet::ResNet,
};

/// What a segmentation network says about a batch.
#[derive(Clone, Debug)]
pub struct Output {
    /// Class scores before softmax, at the pictures' own size: `[batch, classes, height, width]`.
    pub logits: Tensor<4>,
    /// The auxiliary head's scores, of the same shape: they help training and are otherwise ignored.
    pub auxiliary: Option<Tensor<4>>,
}

/// A network that gives every pixel a score for every class.
pub trait SegmentationModel {
    /// `images` is `[batch, 3, height, width]`, normalised as [`super::BackboneKind::normalisation`] says; sides of at least 32 pixels.
    fn forward(&self, images: Tensor<4>) -> Output;

    /// How many classes it tells apart.
    fn classes(&self) -> usize;
}

/// A network made by [`ModelSpec::build`].
#[derive(Module, Debug)]
pub struct Network {
    pub(crate) backbone: Backbone,
    pub(crate) head: Head,
    pub(crate) auxiliary: Option<FcnHead>,
    #[module(skip)]
    spec: ModelSpec,
}

impl SegmentationModel for Network {
    fn forward(&self, images: Tensor<4>) -> Output {
        let [_, _, height, width] = images.dims();
        let features = self.backbone.forward(images);
        let enlarged = |scores| resized(scores, [height, width], self.spec.align_corners);
        let auxiliary = self.auxiliary.as_ref().map(|head| enlarged(head.forward(features.middle.clone())));
        Output { logits: enlarged(self.head.forward(features)), auxiliary }
    }

    fn classes(&self) -> usize {
        self.spec.classes
    }
}

impl Network {
    /// With all weights zero; [`ModelSpec::build`] fills them in.
    pub(crate) fn empty(spec: &ModelSpec, device: &Device) -> Self {
        let [low, middle, deep] = spec.backbone.channels();
        Self {
            backbone: Backbone::new(spec.backbone, spec.output_stride, spec.deep_stem, device),
            head: Head::new(spec.head, [low, deep], spec.classes, spec.output_stride, spec.align_corners, device),
            auxiliary: spec.auxiliary.then(|| FcnHead::new(middle, spec.classes, device)),
            spec: spec.clone(),
        }
    }

    /// What it was made from.
    #[must_use]
    pub fn spec(&self) -> &ModelSpec {
        &self.spec
    }

    /// The same function with every normalisation folded into the convolution before it, without the auxiliary head: faster, for inference only.
    #[must_use]
    pub fn folded(&self) -> Self {
        let mut out = Self { auxiliary: None, ..self.clone() };
        out.spec.auxiliary = false;
        out.units(&mut ConvUnit::fold);
        out
    }

    /// The same network whose normalisations in the backbone keep their statistics in training, as small batches need.
    #[must_use]
    pub fn with_frozen_norms(mut self) -> Self {
        self.backbone.units(&mut |unit| unit.norm = unit.norm.take().map(BatchNorm::freeze));
        self
    }

    /// The same network whose backbone stays as it is: training passes no gradients through it.
    #[must_use]
    pub fn with_frozen_backbone(mut self) -> Self {
        self.backbone = self.backbone.no_grad();
        self
    }

    /// torchvision's name of the tensor at a path of this module.
    #[must_use]
    pub fn tensor_name(spec: &ModelSpec, path: &[&str]) -> Option<String> {
        match path {
            ["backbone", rest @ ..] => {
                let name =
                    if spec.backbone.is_resnet() { ResNet::torch_name(rest, spec.deep_stem) } else { EfficientNetLite::torch_name(rest) };
                Some(format!("backbone.{}", name?))
            }
            ["head", rest @ ..] => Some(format!("classifier.{}", Head::torch_name(spec.head, rest)?)),
            ["auxiliary", rest @ ..] => Some(format!("aux_classifier.{}", FcnHead::torch_name(rest)?)),
            _ => None,
        }
    }
}

impl Units for Network {
    fn units(&mut self, change: &mut dyn FnMut(&mut ConvUnit)) {
        self.backbone.units(change);
        self.head.units(change);
        self.auxiliary.units(change);
    }
}
