package web

import "github.com/gin-gonic/gin"

// MountAdmin puts the pages of admins, BKD officers, placement analysts and leaders on the router. Read it as the table of contents of these pages: each line
// names the file (noun_verb.go) in which its handler stands.
func (e *Engine) MountAdmin(r gin.IRouter, rooms AdminRooms) {
	w := &admin{&learner{e, LearnerRooms{People: rooms.People, Courses: rooms.Courses, Certificates: rooms.Certificates, Competencies: rooms.Competencies, Settings: rooms.Settings}}, rooms}

	r.GET("/logo", e.Handle(w.showLogo)) // logo_show.go, for everybody

	in := r.Group("/kelola", w.insiders)
	in.GET("", e.Handle(w.showWorkbench)) // workbench_show.go

	// People.
	in.GET("/pegawai", e.Handle(w.listPersons))                     // person_list.go
	in.POST("/pegawai", e.Handle(w.searchPersons))                  //
	in.GET("/pegawai/:person", e.Handle(w.showPerson))              // person_show.go
	in.GET("/pegawai/baru", e.Handle(w.showAddPerson))              // person_edit.go
	in.POST("/pegawai/baru", e.Handle(w.addPerson))                 //
	in.GET("/pegawai/:person/ubah", e.Handle(w.showEditPerson))     //
	in.POST("/pegawai/:person/ubah", e.Handle(w.editPerson))        //
	in.GET("/pegawai/:person/nomor", e.Handle(w.showRenumber))      //
	in.POST("/pegawai/:person/nomor", e.Handle(w.renumber))         //
	in.GET("/pegawai/:person/angkat", e.Handle(w.showAppoint))      // person_appoint.go
	in.POST("/pegawai/:person/angkat", e.Handle(w.appoint))         //
	in.GET("/pegawai/:person/akhiri", e.Handle(w.showEndPost))      //
	in.POST("/pegawai/:person/akhiri", e.Handle(w.endPost))         //
	in.GET("/pegawai/:person/atasan", e.Handle(w.showSupervise))    // person_supervise.go
	in.POST("/pegawai/:person/atasan", e.Handle(w.supervise))       //
	in.POST("/pegawai/:person/peran", e.Handle(w.grantRole))        // role_grant.go
	in.POST("/pegawai/:person/peran/cabut", e.Handle(w.revokeRole)) //
	in.POST("/pegawai/:person/akun", e.Handle(w.changeAccount))     //
	in.POST("/pegawai/:person/slip", e.Handle(w.issueSlip))         // slip_issue.go
	in.GET("/slip", e.Handle(w.showSlips))                          //
	in.POST("/slip", e.Handle(w.issueSlips))                        //
	in.GET("/unor", e.Handle(w.listUnits))                          // unit_list.go
	in.GET("/unor/baru", e.Handle(w.showAddUnit))                   // unit_edit.go
	in.POST("/unor/baru", e.Handle(w.addUnit))                      //
	in.GET("/unor/:unit", e.Handle(w.showUnit))                     // unit_show.go
	in.GET("/unor/:unit/ubah", e.Handle(w.showEditUnit))            // unit_edit.go
	in.POST("/unor/:unit/ubah", e.Handle(w.editUnit))               //
	in.GET("/unor/:unit/pindah", e.Handle(w.showMoveUnit))          // unit_show.go
	in.POST("/unor/:unit/pindah", e.Handle(w.moveUnit))             // unit_edit.go
	in.GET("/unor/:unit/tutup", e.Handle(w.showCloseUnit))          //
	in.POST("/unor/:unit/tutup", e.Handle(w.closeUnit))             //
	in.GET("/jabatan", e.Handle(w.listPositions))                   // position_list.go
	in.GET("/jabatan/baru", e.Handle(w.showAddPosition))            // position_edit.go
	in.POST("/jabatan/baru", e.Handle(w.addPosition))               //
	in.GET("/jabatan/:position", e.Handle(w.showPosition))          //
	in.GET("/jabatan/:position/ubah", e.Handle(w.showEditPosition)) //
	in.POST("/jabatan/:position/ubah", e.Handle(w.editPosition))    //
	in.GET("/jabatan/:position/tutup", e.Handle(w.showClosePosition))
	in.POST("/jabatan/:position/tutup", e.Handle(w.closePosition))
	in.GET("/impor", e.Handle(w.listImports))                    // import_list.go
	in.POST("/impor", e.Handle(w.checkImport))                   // import_check.go
	in.GET("/impor/sinkron", e.Handle(w.showSync))               // import_sync.go
	in.POST("/impor/sinkron", e.Handle(w.checkSync))             //
	in.GET("/impor/:import", e.Handle(w.showImport))             // import_show.go
	in.POST("/impor/:import/terapkan", e.Handle(w.acceptImport)) //
	in.POST("/impor/:import/batal", e.Handle(w.cancelImport))    //

	// Learning.
	in.GET("/kursus", e.Handle(w.listCourses))                                             // course_list.go
	in.GET("/kursus/:course", e.Handle(w.manageCourse))                                    // course_manage.go
	in.POST("/kursus/:course/draf", e.Handle(w.startDraft))                                //
	in.POST("/kursus/:course/tutup", e.Handle(w.closeCourse))                              //
	in.GET("/kursus/:course/:number", e.Handle(w.showVersion))                             // version_show.go
	in.GET("/kursus/:course/:number/mutu", e.Handle(w.lintVersion))                        // version_lint.go
	in.GET("/kursus/:course/:number/coba", e.Handle(w.showTrial))                          // version_try.go
	in.GET("/kursus/:course/:number/coba/pelajaran/:lesson", e.Handle(w.tryLesson))        //
	in.GET("/kursus/:course/:number/coba/tugas/:task", e.Handle(w.tryTask))                //
	in.GET("/kursus/:course/:number/coba/tes/:quiz", e.Handle(w.showTryQuiz))              //
	in.POST("/kursus/:course/:number/coba/tes/:quiz", e.Handle(w.tryQuiz))                 //
	in.GET("/kursus/:course/:number/catatan", e.Handle(w.showTalk))                        // version_talk.go
	in.POST("/kursus/:course/:number/catatan", e.Handle(w.changeTalk))                     //
	in.GET("/kursus/:course/:number/banding", e.Handle(w.compareVersions))                 // version_compare.go
	in.POST("/kursus/:course/salin", e.Handle(w.copyCourse))                               // course_copy.go
	in.POST("/kursus/:course/:number/terbit", e.Handle(w.publishVersion))                  //
	in.GET("/kursus/baru", e.Handle(w.showNewCourse))                                      // course_facts.go
	in.POST("/kursus/baru", e.Handle(w.addCourse))                                         //
	in.GET("/kursus/:course/:number/data", e.Handle(w.showFacts))                          //
	in.POST("/kursus/:course/:number/data", e.Handle(w.saveFacts))                         //
	in.GET("/kursus/:course/:number/susunan", e.Handle(w.showOutline))                     // outline_edit.go
	in.POST("/kursus/:course/:number/susunan", e.Handle(w.arrange))                        //
	in.GET("/kursus/:course/:number/tes-baru", e.Handle(w.showNewQuiz))                    // quiz_edit.go
	in.POST("/kursus/:course/:number/tes-baru", e.Handle(w.addQuiz))                       //
	in.GET("/kursus/:course/:number/tes/:quiz", e.Handle(w.showQuiz))                      //
	in.GET("/kursus/:course/:number/tugas-baru", e.Handle(w.showNewTask))                  // fieldtask_edit.go
	in.POST("/kursus/:course/:number/tugas-baru", e.Handle(w.addTask))                     //
	in.GET("/kursus/:course/:number/tugas/:task", e.Handle(w.showTask))                    //
	in.POST("/kursus/:course/:number/tugas/:task", e.Handle(w.saveTask))                   //
	in.POST("/kursus/:course/:number/tes/:quiz", e.Handle(w.saveQuiz))                     //
	in.GET("/kursus/:course/:number/pelajaran-baru", e.Handle(w.showNewLesson))            // lesson_edit.go
	in.POST("/kursus/:course/:number/pelajaran-baru", e.Handle(w.addLesson))               //
	in.GET("/kursus/:course/:number/pelajaran/:lesson", e.Handle(w.showLessonEditor))      //
	in.POST("/kursus/:course/:number/pelajaran/:lesson", e.Handle(w.writeLesson))          //
	in.POST("/kursus/:course/:number/pratinjau", e.Handle(w.previewLesson))                //
	in.POST("/kursus/:course/:number/tempel", e.Handle(w.pasteLesson))                     // lesson_paste.go
	in.GET("/kursus/:course/:number/paket", e.Handle(w.fetchCourse))                       // version_items.go
	in.GET("/kursus/:course/:number/dokumen", e.Handle(w.showLessonImport))                // lesson_import.go
	in.POST("/kursus/:course/:number/dokumen", e.Handle(w.readLessons))                    //
	in.POST("/kursus/:course/:number/dokumen-ambil", e.Handle(w.takeLessons))              //
	in.POST("/kursus/:course/:number/berkas", e.Handle(w.addFile))                         // file_add.go
	in.POST("/kursus/:course/:number/buang", e.Handle(w.discardVersion))                   //
	in.POST("/kursus/:course/:number/bank", e.Handle(w.beginBank))                         //
	in.GET("/kursus/:course/:number/bank/:bank", e.Handle(w.showBank))                     //
	in.POST("/kursus/:course/:number/bank/:bank/telaah", e.Handle(w.askReviews))           // bank_show.go
	in.GET("/kursus/:course/:number/bank/:bank/baru", e.Handle(w.showNewItem))             // item_edit.go
	in.POST("/kursus/:course/:number/bank/:bank/baru", e.Handle(w.addItem))                //
	in.GET("/kursus/:course/:number/bank/:bank/soal/:item", e.Handle(w.showItem))          // item_show.go
	in.POST("/kursus/:course/:number/bank/:bank/soal/:item", e.Handle(w.changeItem))       //
	in.GET("/kursus/:course/:number/bank/:bank/soal/:item/ubah", e.Handle(w.showItemEdit)) // item_edit.go
	in.POST("/kursus/:course/:number/bank/:bank/soal/:item/ubah", e.Handle(w.saveItem))    //
	in.GET("/kursus/:course/:number/tes/:quiz/kisi-kisi", e.Handle(w.showBlueprint))       // blueprint_edit.go
	in.POST("/kursus/:course/:number/tes/:quiz/kisi-kisi", e.Handle(w.saveBlueprint))      //
	in.GET("/kursus/:course/:number/bank/:bank/unduh", e.Handle(w.showExports))            // version_items.go
	in.GET("/kursus/:course/:number/bank/:bank/unduh/:format", e.Handle(w.fetchItems))     // version_items.go
	in.POST("/kursus/:course/:number/bank/:bank/impor", e.Handle(w.readItems))             //
	in.POST("/kursus/:course/:number/bank/:bank/ambil", e.Handle(w.takeItems))             //
	in.GET("/kursus/:course/:number/analisis/:quiz", e.Handle(w.showAnalysis))             // analysis_show.go
	in.POST("/kursus/:course/:number/analisis/:quiz", e.Handle(w.recountAnalysis))         //
	in.GET("/kursus/:course/:number/analisis/:quiz/:format", e.Handle(w.fetchAnalysis))    //
	in.GET("/percobaan", e.Handle(w.listAttempts))                                         // attempt_manage.go
	in.GET("/percobaan/:attempt", e.Handle(w.manageAttempt))                               //
	in.POST("/percobaan/:attempt/waktu", e.Handle(w.extendAttempt))                        //
	in.POST("/percobaan/:attempt/kesempatan", e.Handle(w.grantAttempt))                    //
	in.GET("/menilai", e.Handle(w.listMarkings))                                           // marking_list.go
	in.POST("/menilai", e.Handle(w.takeNext))                                              //
	in.GET("/menilai/:marking", e.Handle(w.showMarking))                                   // marking_give.go
	in.POST("/menilai/:marking", e.Handle(w.giveMark))                                     //
	in.POST("/menilai/:marking/ambil", e.Handle(w.claimMarking))                           //
	in.GET("/menilai/:marking/berkas/:file", e.Handle(w.showMarkingFile))                  // fieldwork_judge.go
	in.POST("/menilai/:marking/simpan", e.Handle(w.saveMark))                              //
	in.GET("/telaah", e.Handle(w.listReviews))                                             // review_queue.go
	in.GET("/keberatan", e.Handle(w.listObjections))                                       // objection_answer.go
	in.GET("/keberatan/:objection", e.Handle(w.showObjection))                             //
	in.POST("/keberatan/:objection", e.Handle(w.answerObjection))                          //
	in.GET("/keberatan/:objection/berkas/:file", e.Handle(w.showObjectionFile))            //
	in.GET("/nilai-ulang", e.Handle(w.listRegrades))                                       // regrade_list.go
	in.GET("/nilai-ulang/soal/:item", e.Handle(w.showCorrection))                          // key_correct.go
	in.POST("/nilai-ulang/soal/:item", e.Handle(w.checkRegrade))                           //
	in.GET("/nilai-ulang/:regrade", e.Handle(w.showRegrade))                               // regrade_show.go
	in.POST("/nilai-ulang/:regrade/jalankan", e.Handle(w.runRegrade))                      //
	in.POST("/nilai-ulang/:regrade/hentikan", e.Handle(w.cancelRegrade))                   //
	in.POST("/nilai-ulang/:regrade/lanjutkan", e.Handle(w.resumeRegrade))                  //
	in.POST("/nilai-ulang/:regrade/putusan/:attempt", e.Handle(w.decideListed))            // regrade_decide.go
	in.GET("/ujian", e.Handle(w.listExams))                                                // exam_list.go
	in.GET("/ujian/baru", e.Handle(w.showPlanExam))                                        // exam_plan.go
	in.POST("/ujian/baru", e.Handle(w.planExam))                                           //
	in.GET("/ujian/:exam", e.Handle(w.watchExam))                                          // exam_watch.go
	in.POST("/ujian/:exam", e.Handle(w.invigilate))                                        //
	in.GET("/ujian/:exam/aliran", e.Handle(w.streamExam))                                  //
	in.GET("/ujian/:exam/ubah", e.Handle(w.showChangeExam))                                // exam_plan.go
	in.POST("/ujian/:exam/ubah", e.Handle(w.changeExam))                                   //
	in.POST("/ujian/:exam/batal", e.Handle(w.cancelExam))                                  //
	in.GET("/ujian/:exam/laporan", e.Handle(w.showExamReport))                             // exam_report.go
	in.POST("/ujian/:exam/laporan", e.Handle(w.compareExam))                               //
	in.GET("/kalender", e.Handle(w.showStaffCalendar))                                     // calendar_show.go
	in.GET("/kalender/berkas", e.Handle(w.downloadStaffCalendar))                          //
	in.GET("/angkatan", e.Handle(w.listCohorts))                                           // cohort_manage.go
	in.POST("/angkatan", e.Handle(w.openCohort))                                           //
	in.GET("/angkatan/:cohort", e.Handle(w.showCohort))                                    //
	in.POST("/angkatan/:cohort/peserta", e.Handle(w.addMembers))                           //
	in.POST("/angkatan/:cohort/tutup", e.Handle(w.closeCohort))                            //
	in.GET("/penugasan", e.Handle(w.listAssignments))                                      // assignment_list.go
	in.GET("/penugasan/baru", e.Handle(w.showAssign))                                      // assignment_add.go
	in.POST("/penugasan/baru", e.Handle(w.assign))                                         //
	in.GET("/penugasan/aturan", e.Handle(w.listRules))                                     // rule_list.go
	in.POST("/penugasan/aturan", e.Handle(w.addRule))                                      //
	in.GET("/penugasan/aturan/:rule", e.Handle(w.showStopRule))                            //
	in.POST("/penugasan/aturan/:rule", e.Handle(w.stopRule))                               //
	in.GET("/penugasan/:assignment/tarik", e.Handle(w.showWithdraw))                       // assignment_add.go
	in.POST("/penugasan/:assignment/tarik", e.Handle(w.withdrawAssignment))
	in.POST("/sertifikat", e.Handle(w.searchCertificates))                  // certificate_decide.go
	in.GET("/sertifikat", e.Handle(w.findCertificates))                     // certificate_decide.go
	in.GET("/sertifikat/:certificate", e.Handle(w.decideCertificate))       //
	in.GET("/sertifikat/:certificate/pdf", e.Handle(w.fetchCertificate))    //
	in.POST("/sertifikat/:certificate/:act", e.Handle(w.changeCertificate)) //
	in.GET("/jp", e.Handle(w.listHours))                                    // hours_verify.go
	in.POST("/jp/:hours", e.Handle(w.checkHours))                           //
	in.GET("/jp/:hours/bukti", e.Handle(w.showProof))                       //

	// Placement.
	in.GET("/lowongan", e.Handle(w.listVacancies))                         // vacancy_rank.go
	in.GET("/lowongan/:position", e.Handle(w.rankVacancy))                 //
	in.POST("/lowongan/:position", e.Handle(w.keepRanking))                //
	in.GET("/rekomendasi/:recommendation", e.Handle(w.showRecommendation)) //
	in.GET("/pegawai/:person/jabatan", e.Handle(w.showPosts))              //

	// Applications and their operators (step 2, integration).
	in.GET("/aplikasi", e.Handle(w.listApps))                                    // app_show.go
	in.GET("/aplikasi/:app", e.Handle(w.showApp))                                //
	in.POST("/aplikasi/:app/petugas", e.Handle(w.appointOperator))               //
	in.GET("/aplikasi/:app/petugas/:person/:role", e.Handle(w.showRelieve))      //
	in.POST("/aplikasi/:app/petugas/:person/:role", e.Handle(w.relieveOperator)) //
	in.GET("/kesiapan", e.Handle(w.showReadiness))                               //

	// Operations.
	in.GET("/pekerjaan", e.Handle(w.listWork))         // work_repeat.go
	in.POST("/pekerjaan", e.Handle(w.repeatWork))      //
	in.GET("/audit", e.Handle(w.listAudit))            // audit_list.go
	in.POST("/audit", e.Handle(w.searchAudit))         //
	in.GET("/pengaturan", e.Handle(w.showSettings))    // settings_change.go
	in.POST("/pengaturan", e.Handle(w.changeSettings)) //
}
